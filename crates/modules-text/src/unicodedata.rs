//! `unicodedata`: the character database, of Unicode 16 and, as `ucd_3_2_0`, of Unicode 3.2.

use taipan_kernels::unicode::database::Edition;
use taipan_kernels::unicode::names;
use taipan_kernels::unicode::normal::{self, Form};
use taipan_macros::{pymethods, pymodule, pytype};
use taipan_objects::errors::{self, Exc};
use taipan_objects::memory;
use taipan_objects::model::ToPy;
use taipan_objects::model::args::{ArgName, FromArg, OptArg};
use taipan_objects::prelude::*;
use taipan_objects::with_units;

/// A one-character string.
pub struct Char(u32);

impl<'a> FromArg<'a> for Char {
    fn from_arg(value: &'a PyObject, name: &ArgName<'_>) -> PyResult<Self> {
        match value.downcast::<PyStr>() {
            Some(text) if text.len() == 1 => Ok(Char(text.char_at(0))),
            Some(text) => Err(raised!(
                TypeError,
                "{} must be a unicode character, not a string of length {}",
                name.describe().replacen("()", "():", 1),
                text.len()
            )),
            None => Err(name.wrong_type("a unicode character", value)),
        }
    }
}

fn or_default<T: ToPy>(value: Option<T>, default: OptArg<&PyObject>, message: &str) -> PyResult {
    match (value, default) {
        (Some(value), _) => value.to_py(),
        (None, OptArg::Given(default)) => Ok(default.owned()),
        (None, OptArg::Missing) => Err(raised!(ValueError, "{message}")),
    }
}

fn name_of(edition: Edition, c: u32) -> Option<String> {
    if edition == Edition::Old && edition.category(c) == "Cn" {
        return None;
    }
    names::name(c).filter(|name| !name.starts_with("TANGUT IDEOGRAPH-"))
}

fn decomposition_text(edition: Edition, c: u32) -> String {
    if let Some(syllable) = c.checked_sub(0xac00).filter(|&s| s < 11172) {
        let (lead, vowel, trail) = (syllable / 588, syllable % 588 / 28, syllable % 28);
        return match trail {
            0 => format!("{:04X} {:04X}", 0x1100 + lead, 0x1161 + vowel),
            _ => format!("{:04X} {:04X} {:04X}", 0x1100 + lead, 0x1161 + vowel, 0x11a7 + trail),
        };
    }
    let Some((tag, points)) = edition.decomposition(c) else {
        return String::new();
    };
    let tag = (!tag.is_empty()).then(|| tag.to_owned());
    tag.into_iter().chain(points.iter().map(|c| format!("{c:04X}"))).collect::<Vec<_>>().join(" ")
}

fn form(name: &str) -> PyResult<Form> {
    Form::from_name(name).ok_or_else(|| raised!(ValueError, "invalid normalization form"))
}

fn normalize_text(edition: Edition, form_name: &str, text: &PyStr) -> PyResult<Py<PyStr>> {
    let form = form(form_name)?;
    if text.is_ascii() || with_units!(text.units(), u => normal::is_normalized(u, form, edition)) {
        return Ok(text.to_exact());
    }
    Ok(with_units!(text.units(), u => PyStr::from_code_points(&normal::normalize(u, form, edition))))
}

/// The character of a name; Unicode 3.2 had no aliases.
fn find(edition: Edition, name: &PyObject) -> PyResult<u32> {
    let bytes = match name.downcast::<PyStr>() {
        Some(text) => text.to_utf8()?.as_bytes().to_vec(),
        None => taipan_objects::codecs::bytes_like(name)?.as_slice().to_vec(),
    };
    if bytes.len() > 256 {
        return Err(errors::set_message(Exc::KeyError, format_args!("name too long")));
    }
    let text = String::from_utf8_lossy(&bytes);
    match names::lookup(&text).filter(|_| edition == Edition::Current || !names::is_alias(&text)) {
        Some(c) => Ok(c.into()),
        None => Err(errors::set_message(Exc::KeyError, format_args!("undefined character name '{text}'"))),
    }
}

/// This module provides access to the Unicode Character Database which
/// defines character properties for all Unicode characters. The data in
/// this database is based on the UnicodeData.txt file version
/// 16.0.0 which is publicly available from the Unicode Consortium.
///
/// The module uses the same names and symbols as defined by the
/// UnicodeData File Format 16.0.0.
#[pymodule(name = "unicodedata")]
pub mod module {
    use super::*;

    /// Converts a Unicode character into its equivalent decimal value.
    ///
    /// Returns the decimal value assigned to the character chr as integer.
    /// If no such value is defined, default is returned, or, if not given,
    /// ValueError is raised.
    #[pyfunction(signature = "(chr, default=<unrepresentable>, /)")]
    pub fn decimal(chr: Char, default: OptArg<&PyObject>) -> PyResult {
        or_default(CURRENT.decimal(chr.0), default, "not a decimal")
    }

    /// Converts a Unicode character into its equivalent digit value.
    ///
    /// Returns the digit value assigned to the character chr as integer.
    /// If no such value is defined, default is returned, or, if not given,
    /// ValueError is raised.
    #[pyfunction(signature = "(chr, default=<unrepresentable>, /)")]
    pub fn digit(chr: Char, default: OptArg<&PyObject>) -> PyResult {
        or_default(CURRENT.digit(chr.0), default, "not a digit")
    }

    /// Converts a Unicode character into its equivalent numeric value.
    ///
    /// Returns the numeric value assigned to the character chr as float.
    /// If no such value is defined, default is returned, or, if not given,
    /// ValueError is raised.
    #[pyfunction(signature = "(chr, default=<unrepresentable>, /)")]
    pub fn numeric(chr: Char, default: OptArg<&PyObject>) -> PyResult {
        or_default(CURRENT.numeric(chr.0), default, "not a numeric character")
    }

    /// Returns the name assigned to the character chr as a string.
    ///
    /// If no name is defined, default is returned, or, if not given,
    /// ValueError is raised.
    #[pyfunction(signature = "(chr, default=<unrepresentable>, /)")]
    pub fn name(chr: Char, default: OptArg<&PyObject>) -> PyResult {
        or_default(name_of(CURRENT, chr.0), default, "no such name")
    }

    /// Look up character by name.
    ///
    /// If a character with the given name is found, return the
    /// corresponding character.  If not found, KeyError is raised.
    #[pyfunction(signature = "(name, /)")]
    pub fn lookup(name: &PyObject) -> PyResult<Py<PyStr>> {
        Ok(PyStr::from_char(find(CURRENT, name)?))
    }

    /// Returns the general category assigned to the character chr as string.
    #[pyfunction(signature = "(chr, /)")]
    pub fn category(chr: Char) -> &'static str {
        CURRENT.category(chr.0)
    }

    /// Returns the bidirectional class assigned to the character chr as string.
    ///
    /// If no such value is defined, an empty string is returned.
    #[pyfunction(signature = "(chr, /)")]
    pub fn bidirectional(chr: Char) -> &'static str {
        CURRENT.bidirectional(chr.0)
    }

    /// Returns the canonical combining class assigned to the character chr as integer.
    ///
    /// Returns 0 if no combining class is defined.
    #[pyfunction(signature = "(chr, /)")]
    pub fn combining(chr: Char) -> u8 {
        CURRENT.combining(chr.0)
    }

    /// Returns the mirrored property assigned to the character chr as integer.
    ///
    /// Returns 1 if the character has been identified as a "mirrored"
    /// character in bidirectional text, 0 otherwise.
    #[pyfunction(signature = "(chr, /)")]
    pub fn mirrored(chr: Char) -> u8 {
        CURRENT.mirrored(chr.0).into()
    }

    /// Returns the east asian width assigned to the character chr as string.
    #[pyfunction(signature = "(chr, /)")]
    pub fn east_asian_width(chr: Char) -> &'static str {
        CURRENT.east_asian_width(chr.0)
    }

    /// Returns the character decomposition mapping assigned to the character chr as string.
    ///
    /// An empty string is returned in case no such mapping is defined.
    #[pyfunction(signature = "(chr, /)")]
    pub fn decomposition(chr: Char) -> String {
        decomposition_text(CURRENT, chr.0)
    }

    /// Return the normal form 'form' for the Unicode string unistr.
    ///
    /// Valid values for form are 'NFC', 'NFKC', 'NFD', and 'NFKD'.
    #[pyfunction(signature = "(form, unistr, /)")]
    pub fn normalize(form: &str, unistr: &PyStr) -> PyResult<Py<PyStr>> {
        normalize_text(CURRENT, form, unistr)
    }

    /// Return whether the Unicode string unistr is in the normal form 'form'.
    ///
    /// Valid values for form are 'NFC', 'NFKC', 'NFD', and 'NFKD'.
    #[pyfunction(signature = "(form, unistr, /)")]
    pub fn is_normalized(form: &str, unistr: &PyStr) -> PyResult<bool> {
        let form = super::form(form)?;
        Ok(with_units!(unistr.units(), u => normal::is_normalized(u, form, CURRENT)))
    }

    #[exec]
    fn exec(module: &PyModule) -> PyResult<()> {
        module.add_str("unidata_version", taipan_kernels::unicode::VERSION)?;
        module.add_type(PyUcd::type_object())?;
        module.add("ucd_3_2_0", &memory::new(PyUcd { ob_base: PyObject::EMPTY }))
    }
}

const CURRENT: Edition = Edition::Current;
const OLD: Edition = Edition::Old;

/// The database of Unicode 3.2.
#[pytype(name = "unicodedata.UCD", flags(DISALLOW_INSTANTIATION, IMMUTABLETYPE), parts(METHODS))]
pub struct PyUcd {
    ob_base: PyObject,
}

#[pymethods(METHODS)]
impl PyUcd {
    /// Converts a Unicode character into its equivalent decimal value.
    ///
    /// Returns the decimal value assigned to the character chr as integer.
    /// If no such value is defined, default is returned, or, if not given,
    /// ValueError is raised.
    #[pymethod(signature = "(chr, default=<unrepresentable>, /)")]
    pub fn decimal(&self, chr: Char, default: OptArg<&PyObject>) -> PyResult {
        or_default(OLD.decimal(chr.0), default, "not a decimal")
    }

    /// Converts a Unicode character into its equivalent digit value.
    ///
    /// Returns the digit value assigned to the character chr as integer.
    /// If no such value is defined, default is returned, or, if not given,
    /// ValueError is raised.
    #[pymethod(signature = "(chr, default=<unrepresentable>, /)")]
    pub fn digit(&self, chr: Char, default: OptArg<&PyObject>) -> PyResult {
        or_default(OLD.digit(chr.0), default, "not a digit")
    }

    /// Converts a Unicode character into its equivalent numeric value.
    ///
    /// Returns the numeric value assigned to the character chr as float.
    /// If no such value is defined, default is returned, or, if not given,
    /// ValueError is raised.
    #[pymethod(signature = "(chr, default=<unrepresentable>, /)")]
    pub fn numeric(&self, chr: Char, default: OptArg<&PyObject>) -> PyResult {
        or_default(OLD.numeric(chr.0), default, "not a numeric character")
    }

    /// Returns the name assigned to the character chr as a string.
    ///
    /// If no name is defined, default is returned, or, if not given,
    /// ValueError is raised.
    #[pymethod(signature = "(chr, default=<unrepresentable>, /)")]
    pub fn name(&self, chr: Char, default: OptArg<&PyObject>) -> PyResult {
        or_default(name_of(OLD, chr.0), default, "no such name")
    }

    /// Look up character by name.
    ///
    /// If a character with the given name is found, return the
    /// corresponding character.  If not found, KeyError is raised.
    #[pymethod(signature = "(name, /)")]
    pub fn lookup(&self, name: &PyObject) -> PyResult<Py<PyStr>> {
        Ok(PyStr::from_char(find(OLD, name)?))
    }

    /// Returns the general category assigned to the character chr as string.
    #[pymethod(signature = "(chr, /)")]
    pub fn category(&self, chr: Char) -> &'static str {
        OLD.category(chr.0)
    }

    /// Returns the bidirectional class assigned to the character chr as string.
    ///
    /// If no such value is defined, an empty string is returned.
    #[pymethod(signature = "(chr, /)")]
    pub fn bidirectional(&self, chr: Char) -> &'static str {
        OLD.bidirectional(chr.0)
    }

    /// Returns the canonical combining class assigned to the character chr as integer.
    ///
    /// Returns 0 if no combining class is defined.
    #[pymethod(signature = "(chr, /)")]
    pub fn combining(&self, chr: Char) -> u8 {
        OLD.combining(chr.0)
    }

    /// Returns the mirrored property assigned to the character chr as integer.
    ///
    /// Returns 1 if the character has been identified as a "mirrored"
    /// character in bidirectional text, 0 otherwise.
    #[pymethod(signature = "(chr, /)")]
    pub fn mirrored(&self, chr: Char) -> u8 {
        OLD.mirrored(chr.0).into()
    }

    /// Returns the east asian width assigned to the character chr as string.
    #[pymethod(signature = "(chr, /)")]
    pub fn east_asian_width(&self, chr: Char) -> &'static str {
        OLD.east_asian_width(chr.0)
    }

    /// Returns the character decomposition mapping assigned to the character chr as string.
    ///
    /// An empty string is returned in case no such mapping is defined.
    #[pymethod(signature = "(chr, /)")]
    pub fn decomposition(&self, chr: Char) -> String {
        decomposition_text(OLD, chr.0)
    }

    /// Return the normal form 'form' for the Unicode string unistr.
    ///
    /// Valid values for form are 'NFC', 'NFKC', 'NFD', and 'NFKD'.
    #[pymethod(signature = "(form, unistr, /)")]
    pub fn normalize(&self, form: &str, unistr: &PyStr) -> PyResult<Py<PyStr>> {
        normalize_text(OLD, form, unistr)
    }

    /// Return whether the Unicode string unistr is in the normal form 'form'.
    ///
    /// Valid values for form are 'NFC', 'NFKC', 'NFD', and 'NFKD'.
    #[pymethod(signature = "(form, unistr, /)")]
    pub fn is_normalized(&self, form: &str, unistr: &PyStr) -> PyResult<bool> {
        let form = self::form(form)?;
        Ok(with_units!(unistr.units(), u => normal::is_normalized(u, form, OLD)))
    }

    #[getter]
    fn unidata_version(&self) -> &'static str {
        "3.2.0"
    }
}
