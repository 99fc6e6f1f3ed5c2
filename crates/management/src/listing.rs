//! Lists: which part of one is asked for, and what it is searched by.

/// The most items that a page may have.
const LARGEST_PAGE: i64 = 100;
const DEFAULT_PAGE: i64 = 20;
/// Far enough for anybody, and no offset overflows.
const LAST_PAGE: i64 = 1_000_000_000;

/// A page of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    number: i64,
    size: i64,
}

impl Page {
    /// The page of that number, from 1 on, with that many items to a page, 1 to 100. What is
    /// absent is the first page, and 20 items.
    pub fn new(number: Option<i64>, size: Option<i64>) -> Option<Self> {
        let number = number.unwrap_or(1);
        let size = size.unwrap_or(DEFAULT_PAGE);
        let fits = (1..=LAST_PAGE).contains(&number) && (1..=LARGEST_PAGE).contains(&size);
        fits.then_some(Self { number, size })
    }

    /// Its number, from 1 on.
    pub fn number(self) -> i64 {
        self.number
    }

    /// How many items a page has.
    pub fn size(self) -> i64 {
        self.size
    }

    /// How many items stand before it.
    pub(crate) fn offset(self) -> i64 {
        (self.number - 1) * self.size
    }
}

impl Default for Page {
    fn default() -> Self {
        Self {
            number: 1,
            size: DEFAULT_PAGE,
        }
    }
}

/// A part of a list, and the length of the whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed<T> {
    /// The items asked for.
    pub items: Vec<T>,
    /// How many there are in all.
    pub total: i64,
}

impl<T> Listed<T> {
    /// The page of a whole list; all of it if no page is asked for.
    pub(crate) fn of(all: Vec<T>, page: Option<Page>) -> Self {
        let total = i64::try_from(all.len()).unwrap_or(i64::MAX);
        let items = match page {
            None => all,
            Some(page) => {
                let count = |number: i64| usize::try_from(number).unwrap_or(usize::MAX);
                let from = all.into_iter().skip(count(page.offset()));
                from.take(count(page.size)).collect()
            }
        };
        Self { items, total }
    }

    pub(crate) fn map<U>(self, change: impl FnMut(T) -> U) -> Listed<U> {
        Listed {
            items: self.items.into_iter().map(change).collect(),
            total: self.total,
        }
    }
}

/// Whether any of `texts` is like a pattern of SQL's `LIKE`, in any case; `\` is its escape.
pub(crate) fn is_like(pattern: Option<&str>, texts: &[&str]) -> bool {
    let Some(pattern) = pattern else {
        return true;
    };
    let pattern = parts(&pattern.to_lowercase());
    texts.iter().any(|text| {
        let text: Vec<char> = text.to_lowercase().chars().collect();
        matches(&pattern, &text)
    })
}

#[derive(Clone, Copy, PartialEq)]
enum Part {
    Any,
    One,
    Char(char),
}

fn parts(pattern: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut chars = pattern.chars();
    while let Some(char) = chars.next() {
        parts.push(match char {
            '%' => Part::Any,
            '_' => Part::One,
            '\\' => Part::Char(chars.next().unwrap_or('\\')),
            char => Part::Char(char),
        });
    }
    parts
}

/// Steps back to the last `%` alone, so that no pattern takes longer than text times pattern.
fn matches(pattern: &[Part], text: &[char]) -> bool {
    let (mut at_part, mut at_char) = (0, 0);
    let mut last_any = None;
    while at_char < text.len() {
        match pattern.get(at_part) {
            Some(Part::Any) => {
                last_any = Some((at_part, at_char));
                at_part += 1;
            }
            Some(part) if *part == Part::One || *part == Part::Char(text[at_char]) => {
                at_part += 1;
                at_char += 1;
            }
            _ => match last_any {
                None => return false,
                Some((any, from)) => {
                    at_part = any + 1;
                    at_char = from + 1;
                    last_any = Some((any, from + 1));
                }
            },
        }
    }
    pattern[at_part..].iter().all(|part| *part == Part::Any)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_is_sqls() {
        for (pattern, text, expected) in [
            ("%book%", "Bookstore", true),
            ("BOOK%", "bookstore", true),
            ("book", "bookstore", false),
            ("b__k%", "bookstore", true),
            ("%store", "bookstore", true),
            ("%s%o%e", "bookstore", true),
            ("%x%", "bookstore", false),
            ("", "", true),
            ("%", "", true),
            ("", "a", false),
            (r"100\%", "100%", true),
            (r"100\%", "1000", false),
            (r"a\", r"a\", true),
            ("%aab", "aaaaab", true),
            ("书%", "书店", true),
        ] {
            assert_eq!(
                is_like(Some(pattern), &[text]),
                expected,
                "{pattern} {text}"
            );
        }
        assert!(is_like(None, &[]));
        assert!(is_like(Some("b"), &["a", "b"]));
    }

    #[test]
    fn a_page_has_limits() {
        assert!(Page::new(None, None) == Some(Page::default()));
        assert!(Page::new(Some(1), Some(100)).is_some());
        for (number, size) in [(0, 20), (-1, 20), (1, 0), (1, 101), (i64::MAX, 20)] {
            assert_eq!(Page::new(Some(number), Some(size)), None);
        }
    }

    #[test]
    fn a_page_is_cut_out_of_the_whole() {
        let of =
            |number, size| Listed::of(vec![1, 2, 3, 4, 5], Page::new(Some(number), Some(size)));
        assert_eq!(of(1, 2).items, [1, 2]);
        assert_eq!(of(3, 2).items, [5]);
        assert_eq!(of(4, 2).items, [0; 0]);
        assert_eq!(of(4, 2).total, 5);
        assert_eq!(Listed::of(vec![1, 2], None).items, [1, 2]);
    }
}
