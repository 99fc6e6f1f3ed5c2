//! The shelf: a few classics, in both languages of the shop.

/// A text in English and in Simplified Chinese.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bilingual {
    pub(crate) english: &'static str,
    pub(crate) chinese: &'static str,
}

/// A book.
#[derive(Debug)]
pub(crate) struct Book {
    pub(crate) title: Bilingual,
    pub(crate) author: Bilingual,
    pub(crate) line: Bilingual,
    /// In yuan.
    pub(crate) price: u32,
}

const fn both(english: &'static str, chinese: &'static str) -> Bilingual {
    Bilingual { english, chinese }
}

/// All books, in the order of the shelf.
static SHELF: [Book; 6] = [
    Book {
        title: both("Dream of the Red Chamber", "红楼梦"),
        author: both("Cao Xueqin", "曹雪芹"),
        line: both(
            "A garden, a family, and the gates between its courtyards.",
            "一座园子，一个家族，和院落之间的月亮门。",
        ),
        price: 88,
    },
    Book {
        title: both("Journey to the West", "西游记"),
        author: both("Wu Cheng’en", "吴承恩"),
        line: both(
            "Eighty-one trials on the way to the scriptures.",
            "取经路上，八十一难。",
        ),
        price: 76,
    },
    Book {
        title: both("The Classic of Tea", "茶经"),
        author: both("Lu Yu", "陆羽"),
        line: both(
            "How to choose the water, the fire and the cup.",
            "论水、论火、论器。",
        ),
        price: 42,
    },
    Book {
        title: both("Pride and Prejudice", "傲慢与偏见"),
        author: both("Jane Austen", "简·奥斯汀"),
        line: both(
            "First impressions, and what becomes of them.",
            "第一印象，以及它的下场。",
        ),
        price: 45,
    },
    Book {
        title: both("Walden", "瓦尔登湖"),
        author: both("Henry David Thoreau", "亨利·戴维·梭罗"),
        line: both(
            "Two years by a pond, with the accounts kept.",
            "湖畔两年，账目清楚。",
        ),
        price: 39,
    },
    Book {
        title: both("Alice in Wonderland", "爱丽丝梦游仙境"),
        author: both("Lewis Carroll", "刘易斯·卡罗尔"),
        line: both(
            "Down the rabbit-hole without a return ticket.",
            "掉进兔子洞，没买回程票。",
        ),
        price: 36,
    },
];

impl Book {
    /// Whether the words occur in title or author, in either language.
    fn matches(&self, words: &str) -> bool {
        let words = words.trim().to_lowercase();
        [self.title, self.author]
            .iter()
            .flat_map(|text| [text.english, text.chinese])
            .any(|text| text.to_lowercase().contains(&words))
    }
}

/// The books in whose title or author the words occur; all of them for no words.
pub(crate) fn find(words: &str) -> Vec<&'static Book> {
    SHELF.iter().filter(|book| book.matches(words)).collect()
}

#[cfg(test)]
mod tests {
    use super::find;

    #[test]
    fn books_are_found_in_both_languages() {
        let check = |words, expected| assert_eq!(find(words).len(), expected, "{words}");
        check("", 6);
        check("  WALDEN ", 1);
        check("austen", 1);
        check("红楼", 1);
        check("nothing like it", 0);
    }
}
