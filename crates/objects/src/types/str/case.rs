//! Case, character classes, padding and tabs.

use super::arguments::{Fill, affordable};
use super::{PyStr, StrUnits, layout, text};
use crate::model::args::OptArg;
use crate::model::{Py, PyResult};
use crate::with_units;
use taipan_kernels::search;
use taipan_kernels::unicode;
use taipan_kernels::unicode::case::{self, Mapping};
use taipan_macros::pymethods;

impl PyStr {
    fn mapped(&self, mapping: Mapping) -> Py<PyStr> {
        match (self.units(), mapping) {
            (StrUnits::Ascii(u), Mapping::Lower | Mapping::Fold) => {
                layout::narrow(&u.to_ascii_lowercase(), true)
            }
            (StrUnits::Ascii(u), Mapping::Upper) => layout::narrow(&u.to_ascii_uppercase(), true),
            (units, mapping) => with_units!(units, u => text::from_four(&case::map_text(u, mapping))),
        }
    }

    /// Whether there are characters and all of them pass.
    fn all(&self, test: impl Fn(u32) -> bool) -> bool {
        !self.is_empty() && with_units!(self.units(), u => u.iter().all(|&c| test(c.into())))
    }

    /// The text between fill characters.
    pub(super) fn pad(&self, left: usize, right: usize, fill: u32) -> PyResult<Py<PyStr>> {
        if left == 0 && right == 0 {
            return Ok(self.to_exact());
        }
        let total = self.len().checked_add(left).and_then(|n| n.checked_add(right));
        if total.is_none_or(|n| n > isize::MAX as usize) {
            return Err(raised!(OverflowError, "padded string is too long"));
        }
        let fill = PyStr::from_char(fill);
        let (left, right) = (text::repeat(&fill, left)?, text::repeat(&fill, right)?);
        PyStr::concat_many(&[&left, self, &right])
    }

    fn missing(&self, width: isize) -> usize {
        usize::try_from(width).unwrap_or(0).saturating_sub(self.len())
    }
}

#[pymethods(CASE)]
impl PyStr {
    /// Return a copy of the string converted to lowercase.
    #[pymethod]
    fn lower(&self) -> Py<PyStr> {
        self.mapped(Mapping::Lower)
    }

    /// Return a copy of the string converted to uppercase.
    #[pymethod]
    fn upper(&self) -> Py<PyStr> {
        self.mapped(Mapping::Upper)
    }

    /// Return a version of the string suitable for caseless comparisons.
    #[pymethod]
    fn casefold(&self) -> Py<PyStr> {
        self.mapped(Mapping::Fold)
    }

    /// Return a version of the string where each word is titlecased.
    ///
    /// More specifically, words start with uppercased characters and all remaining
    /// cased characters have lower case.
    #[pymethod]
    fn title(&self) -> Py<PyStr> {
        with_units!(self.units(), u => text::from_four(&case::title(u)))
    }

    /// Return a capitalized version of the string.
    ///
    /// More specifically, make the first character have upper case and the rest lower
    /// case.
    #[pymethod]
    fn capitalize(&self) -> Py<PyStr> {
        if self.is_empty() {
            return self.to_exact();
        }
        with_units!(self.units(), u => text::from_four(&case::capitalize(u)))
    }

    /// Convert uppercase characters to lowercase and lowercase characters to uppercase.
    #[pymethod]
    fn swapcase(&self) -> Py<PyStr> {
        with_units!(self.units(), u => text::from_four(&case::swap_case(u)))
    }

    /// Return True if all characters in the string are ASCII, False otherwise.
    ///
    /// ASCII characters have code points in the range U+0000-U+007F.
    /// Empty string is ASCII too.
    #[pymethod]
    fn isascii(&self) -> bool {
        self.is_ascii()
    }

    /// Return True if the string is a lowercase string, False otherwise.
    ///
    /// A string is lowercase if all cased characters in the string are lowercase and
    /// there is at least one cased character in the string.
    #[pymethod]
    fn islower(&self) -> bool {
        with_units!(self.units(), u => case::is_lower_text(u))
    }

    /// Return True if the string is an uppercase string, False otherwise.
    ///
    /// A string is uppercase if all cased characters in the string are uppercase and
    /// there is at least one cased character in the string.
    #[pymethod]
    fn isupper(&self) -> bool {
        with_units!(self.units(), u => case::is_upper_text(u))
    }

    /// Return True if the string is a title-cased string, False otherwise.
    ///
    /// In a title-cased string, upper- and title-case characters may only
    /// follow uncased characters and lowercase characters only cased ones.
    #[pymethod]
    fn istitle(&self) -> bool {
        with_units!(self.units(), u => case::is_title_text(u))
    }

    /// Return True if the string is a whitespace string, False otherwise.
    ///
    /// A string is whitespace if all characters in the string are whitespace and there
    /// is at least one character in the string.
    #[pymethod]
    fn isspace(&self) -> bool {
        self.all(unicode::is_space)
    }

    /// Return True if the string is a decimal string, False otherwise.
    ///
    /// A string is a decimal string if all characters in the string are decimal and
    /// there is at least one character in the string.
    #[pymethod]
    fn isdecimal(&self) -> bool {
        self.all(unicode::is_decimal)
    }

    /// Return True if the string is a digit string, False otherwise.
    ///
    /// A string is a digit string if all characters in the string are digits and there
    /// is at least one character in the string.
    #[pymethod]
    fn isdigit(&self) -> bool {
        self.all(unicode::is_digit)
    }

    /// Return True if the string is a numeric string, False otherwise.
    ///
    /// A string is numeric if all characters in the string are numeric and there is at
    /// least one character in the string.
    #[pymethod]
    fn isnumeric(&self) -> bool {
        self.all(unicode::is_numeric)
    }

    /// Return True if the string is an alphabetic string, False otherwise.
    ///
    /// A string is alphabetic if all characters in the string are alphabetic and there
    /// is at least one character in the string.
    #[pymethod]
    fn isalpha(&self) -> bool {
        self.all(unicode::is_alpha)
    }

    /// Return True if the string is an alpha-numeric string, False otherwise.
    ///
    /// A string is alpha-numeric if all characters in the string are alpha-numeric and
    /// there is at least one character in the string.
    #[pymethod]
    fn isalnum(&self) -> bool {
        self.all(unicode::is_alnum)
    }

    /// Return True if the string is a valid Python identifier, False otherwise.
    ///
    /// Call keyword.iskeyword(s) to test whether string s is a reserved identifier,
    /// such as "def" or "class".
    #[pymethod]
    fn isidentifier(&self) -> bool {
        self.is_identifier()
    }

    /// Return True if all characters in the string are printable, False otherwise.
    ///
    /// A character is printable if repr() may use it in its output.
    #[pymethod]
    fn isprintable(&self) -> bool {
        with_units!(self.units(), u => u.iter().all(|&c| unicode::is_printable(c.into())))
    }

    /// Return a centered string of length width.
    ///
    /// Padding is done using the specified fill character (default is a space).
    #[pymethod(signature = "(width, fillchar=' ', /)")]
    fn center(&self, width: isize, fillchar: OptArg<Fill>) -> PyResult<Py<PyStr>> {
        let missing = self.missing(width);
        // Where it cannot be even, the odd one goes to the left if the width is odd.
        let left = missing / 2 + (missing & width as usize & 1);
        self.pad(left, missing - left, fillchar.given().map_or(' ' as u32, |fill| fill.0))
    }

    /// Return a left-justified string of length width.
    ///
    /// Padding is done using the specified fill character (default is a space).
    #[pymethod(signature = "(width, fillchar=' ', /)")]
    fn ljust(&self, width: isize, fillchar: OptArg<Fill>) -> PyResult<Py<PyStr>> {
        self.pad(0, self.missing(width), fillchar.given().map_or(' ' as u32, |fill| fill.0))
    }

    /// Return a right-justified string of length width.
    ///
    /// Padding is done using the specified fill character (default is a space).
    #[pymethod(signature = "(width, fillchar=' ', /)")]
    fn rjust(&self, width: isize, fillchar: OptArg<Fill>) -> PyResult<Py<PyStr>> {
        self.pad(self.missing(width), 0, fillchar.given().map_or(' ' as u32, |fill| fill.0))
    }

    /// Pad a numeric string with zeros on the left, to fill a field of the given width.
    ///
    /// The string is never truncated.
    #[pymethod(signature = "(width, /)")]
    fn zfill(&self, width: isize) -> PyResult<Py<PyStr>> {
        let missing = self.missing(width);
        let signed = !self.is_empty() && matches!(char::from_u32(self.char_at(0)), Some('+' | '-'));
        if missing == 0 || !signed {
            return self.pad(missing, 0, '0' as u32);
        }
        let zeros = text::repeat(&PyStr::from_char('0' as u32), missing)?;
        PyStr::concat_many(&[&self.substring(0, 1), &zeros, &self.substring(1, self.len())])
    }

    /// Return a copy where all tab characters are expanded using spaces.
    ///
    /// If tabsize is not given, a tab size of 8 characters is assumed.
    #[pymethod(signature = "(tabsize=8)")]
    fn expandtabs(&self, tabsize: i32) -> PyResult<Py<PyStr>> {
        let size = usize::try_from(tabsize).unwrap_or(0);
        let tabs = with_units!(self.units(), u => u.iter().filter(|&&c| u32::from(c) == 9).count());
        if tabs == 0 {
            return Ok(self.to_exact());
        }
        let total = tabs.checked_mul(size).and_then(|n| n.checked_add(self.len()));
        match total {
            Some(total) if total <= isize::MAX as usize / 4 => affordable(total * self.kind() as usize)?,
            _ => return Err(raised!(OverflowError, "new string is too long")),
        }
        let expanded = match self.units() {
            StrUnits::Ascii(u) => search::expand_tabs(u, size, b' ').map(|v| layout::narrow(&v, true)),
            StrUnits::Latin1(u) => search::expand_tabs(u, size, b' ').map(|v| PyStr::from_latin1(&v)),
            StrUnits::Two(u) => search::expand_tabs(u, size, 32).map(|v| text::from_two(&v)),
            StrUnits::Four(u) => search::expand_tabs(u, size, 32).map(|v| text::from_four(&v)),
        };
        expanded.ok_or_else(|| raised!(MemoryError))
    }
}
