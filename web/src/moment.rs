//! A point in time, as a reader of a language writes it.

use crate::{
    Language,
    phrases::{Phrase, words},
};

const MONTHS: [Phrase; 12] = [
    Phrase::MonthJan,
    Phrase::MonthFeb,
    Phrase::MonthMar,
    Phrase::MonthApr,
    Phrase::MonthMay,
    Phrase::MonthJun,
    Phrase::MonthJul,
    Phrase::MonthAug,
    Phrase::MonthSep,
    Phrase::MonthOct,
    Phrase::MonthNov,
    Phrase::MonthDec,
];

/// A minute of the calendar, in UTC, which the words name: who reads it may be anywhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// The year, such as 2026.
    pub year: i32,
    /// The month, 1 to 12.
    pub month: u8,
    /// The day of the month, from 1.
    pub day: u8,
    /// The hour, 0 to 23.
    pub hour: u8,
    /// The minute, 0 to 59.
    pub minute: u8,
}

impl Moment {
    /// `27 Nov 2026, 21:05 UTC`.
    pub fn words(self, language: Language) -> String {
        let words = words(language);
        let index = usize::from(self.month).clamp(1, 12) - 1;
        let values = [
            ("year", self.year.to_string()),
            ("month", words.text(MONTHS[index])),
            ("day", self.day.to_string()),
            ("clock", format!("{:02}:{:02}", self.hour, self.minute)),
        ];
        let values = values
            .each_ref()
            .map(|(name, value)| (*name, value.as_str()));
        words.with(Phrase::Moment, &values)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_language_has_its_own_way() {
        let moment = Moment {
            year: 2026,
            month: 11,
            day: 2,
            hour: 8,
            minute: 5,
        };
        assert_eq!(moment.words(Language::En), "2 Nov 2026, 08:05 UTC");
        assert_eq!(moment.words(Language::ZhCn), "2026 年 11 月 2 日 08:05 UTC");
    }
}
