//! `_locale`: the C library's locales.

use core::ffi::c_int;
use std::ffi::CString;
use taipan_host::locale as host;
use taipan_macros::pymodule;
use taipan_objects::errors;
use taipan_objects::model::ToPy;
use taipan_objects::prelude::*;

const LC_ALL: c_int = 6;

/// Constants of `nl_langinfo`, with the numbers of the GNU C library.
const ITEMS: &[(&str, i32)] = &[
    ("CODESET", 14),
    ("RADIXCHAR", 0x1_0000),
    ("THOUSEP", 0x1_0001),
    ("CRNCYSTR", 0x4_000f),
    ("AM_STR", 0x2_0026),
    ("PM_STR", 0x2_0027),
    ("D_T_FMT", 0x2_0028),
    ("D_FMT", 0x2_0029),
    ("T_FMT", 0x2_002a),
    ("T_FMT_AMPM", 0x2_002b),
    ("ERA", 0x2_002c),
    ("ERA_D_FMT", 0x2_002e),
    ("ALT_DIGITS", 0x2_002f),
    ("ERA_D_T_FMT", 0x2_0030),
    ("ERA_T_FMT", 0x2_0031),
    ("_DATE_FMT", 0x2_006c),
    ("YESEXPR", 0x5_0000),
    ("NOEXPR", 0x5_0001),
];

/// Names of runs of constants: prefix, first number, how many.
const RUNS: &[(&str, i32, i32)] =
    &[("ABDAY_", 0x2_0000, 7), ("DAY_", 0x2_0007, 7), ("ABMON_", 0x2_000e, 12), ("MON_", 0x2_001a, 12)];

fn is_known(item: i32) -> bool {
    ITEMS.iter().any(|&(_, number)| number == item)
        || RUNS.iter().any(|&(_, first, count)| (first..first + count).contains(&item))
}

fn c_text(text: &PyStr) -> PyResult<CString> {
    CString::new(text.encode_locale()?).map_err(|_| raised!(ValueError, "embedded null byte"))
}

/// Text of the current locale.
fn decode(bytes: &[u8]) -> Py<PyStr> {
    PyStr::decode_locale(bytes)
}

/// The characters as the C library's wide ones.
fn wide(text: &PyStr) -> PyResult<Vec<i32>> {
    let points = text.units().to_code_points();
    if points.contains(&0) {
        return Err(raised!(ValueError, "embedded null character"));
    }
    Ok(points.into_iter().map(|c| c as i32).collect())
}

/// Support for POSIX locales.
#[pymodule(name = "_locale")]
pub mod module {
    use super::*;

    /// Activates/queries locale processing.
    #[pyfunction(signature = "(category, locale=None, /)")]
    pub fn setlocale(category: i32, locale: Option<&PyStr>) -> PyResult<Py<PyStr>> {
        if !(0..=12).contains(&category) {
            return Err(raise("invalid locale category"));
        }
        let name = locale.map(c_text).transpose()?;
        match host::set(category, name.as_deref()) {
            Some(result) => Ok(decode(&result)),
            None if locale.is_some() => Err(raise("unsupported locale setting")),
            None => Err(raise("locale query failed")),
        }
    }

    /// Returns numeric and monetary locale-specific parameters.
    #[pyfunction]
    pub fn localeconv() -> PyResult<Py<PyDict>> {
        let all = host::conventions();
        let dict = PyDict::new();
        let texts = [
            ("decimal_point", &all.decimal_point),
            ("thousands_sep", &all.thousands_sep),
            ("int_curr_symbol", &all.int_curr_symbol),
            ("currency_symbol", &all.currency_symbol),
            ("mon_decimal_point", &all.mon_decimal_point),
            ("mon_thousands_sep", &all.mon_thousands_sep),
            ("positive_sign", &all.positive_sign),
            ("negative_sign", &all.negative_sign),
        ];
        for (name, text) in texts {
            dict.set_item(&PyStr::new(name), &decode(text))?;
        }
        let numbers = [
            ("int_frac_digits", all.int_frac_digits),
            ("frac_digits", all.frac_digits),
            ("p_cs_precedes", all.p_cs_precedes),
            ("p_sep_by_space", all.p_sep_by_space),
            ("n_cs_precedes", all.n_cs_precedes),
            ("n_sep_by_space", all.n_sep_by_space),
            ("p_sign_posn", all.p_sign_posn),
            ("n_sign_posn", all.n_sign_posn),
        ];
        for (name, number) in numbers {
            dict.set_item(&PyStr::new(name), &*number.to_py()?)?;
        }
        for (name, sizes) in [("grouping", &all.grouping), ("mon_grouping", &all.mon_grouping)] {
            let mut items = sizes.iter().map(|&size| size.to_py()).collect::<PyResult<Vec<Obj>>>()?;
            // A zero says that the last size repeats; without sizes there is none.
            if !items.is_empty() && !sizes.contains(&127) {
                items.push(PyInt::from_i64(0).into_obj());
            }
            dict.set_item(&PyStr::new(name), &PyList::from_vec(items))?;
        }
        Ok(dict)
    }

    /// Compares two strings according to the locale.
    #[pyfunction(signature = "(os1, os2, /)")]
    pub fn strcoll(os1: &PyStr, os2: &PyStr) -> PyResult<i32> {
        Ok(host::compare_wide(&wide(os1)?, &wide(os2)?))
    }

    /// Return a string that can be used as a key for locale-aware comparisons.
    #[pyfunction(signature = "(string, /)")]
    pub fn strxfrm(string: &PyStr) -> PyResult<Py<PyStr>> {
        let key = host::transform_wide(&wide(string)?);
        let points: Vec<u32> = key.into_iter().map(|c| c as u32).collect();
        if points.iter().any(|&c| c > 0x10_ffff) {
            return Err(raised!(
                ValueError,
                "character U+{:x} is not in range [U+0000; U+10ffff]",
                points[0]
            ));
        }
        Ok(PyStr::from_code_points(&points))
    }

    /// Return the value for the locale information associated with key.
    #[pyfunction(signature = "(key, /)")]
    pub fn nl_langinfo(key: i32) -> PyResult<Py<PyStr>> {
        if !is_known(key) {
            return Err(raised!(ValueError, "unsupported langinfo constant"));
        }
        Ok(decode(&host::information(key)))
    }

    /// Get the current locale encoding.
    #[pyfunction]
    pub fn getencoding() -> Py<PyStr> {
        let codeset = host::information(14);
        if codeset.is_empty() { PyStr::new("UTF-8") } else { decode(&codeset) }
    }

    /// gettext(msg) -> string
    ///
    /// Return translation of msg.
    #[pyfunction(signature = "(msg, /)")]
    pub fn gettext(msg: &PyStr) -> PyResult<Py<PyStr>> {
        Ok(decode(&host::translate(None, &c_text(msg)?, None)))
    }

    /// dgettext(domain, msg) -> string
    ///
    /// Return translation of msg in domain.
    #[pyfunction(signature = "(domain, msg, /)")]
    pub fn dgettext(domain: Option<&PyStr>, msg: &PyStr) -> PyResult<Py<PyStr>> {
        let domain = domain.map(c_text).transpose()?;
        Ok(decode(&host::translate(domain.as_deref(), &c_text(msg)?, None)))
    }

    /// Return translation of msg in domain and category.
    #[pyfunction(signature = "(domain, msg, category, /)")]
    pub fn dcgettext(domain: Option<&PyStr>, msg: &PyStr, category: i32) -> PyResult<Py<PyStr>> {
        let domain = domain.map(c_text).transpose()?;
        Ok(decode(&host::translate(domain.as_deref(), &c_text(msg)?, Some(category))))
    }

    /// Set the C library's textdmain to domain, returning the new domain.
    #[pyfunction(signature = "(domain, /)")]
    pub fn textdomain(domain: Option<&PyStr>) -> PyResult<Option<Py<PyStr>>> {
        let domain = domain.map(c_text).transpose()?;
        Ok(host::text_domain(domain.as_deref()).map(|name| decode(&name)))
    }

    /// Bind the C library's domain to dir.
    #[pyfunction(signature = "(domain, dir, /)")]
    pub fn bindtextdomain(domain: &PyStr, dir: Option<&PyStr>) -> PyResult<Py<PyStr>> {
        if domain.is_empty() {
            return Err(raise("domain must be a non-empty string"));
        }
        let dir = dir.map(c_text).transpose()?;
        match host::bind_text_domain(&c_text(domain)?, dir.as_deref()) {
            Some(folder) => Ok(decode(&folder)),
            None => Err(raise("bindtextdomain failed")),
        }
    }

    /// Bind the C library's domain to codeset.
    #[pyfunction(signature = "(domain, codeset, /)")]
    pub fn bind_textdomain_codeset(domain: &PyStr, codeset: Option<&PyStr>) -> PyResult<Option<Py<PyStr>>> {
        let codeset = codeset.map(c_text).transpose()?;
        Ok(host::bind_text_codeset(&c_text(domain)?, codeset.as_deref()).map(|name| decode(&name)))
    }

    #[exec]
    fn exec(module: &PyModule) -> PyResult<()> {
        let categories = ["CTYPE", "NUMERIC", "TIME", "COLLATE", "MONETARY", "MESSAGES"];
        for (number, name) in categories.iter().enumerate() {
            module.add_int(&format!("LC_{name}"), number as i64)?;
        }
        module.add_int("LC_ALL", LC_ALL.into())?;
        module.add_int("CHAR_MAX", 127)?;
        for &(name, number) in ITEMS {
            module.add_int(name, number.into())?;
        }
        for &(prefix, first, count) in RUNS {
            for i in 0..count {
                module.add_int(&format!("{prefix}{}", i + 1), (first + i).into())?;
            }
        }
        module.add("Error", &*error_class()?)
    }
}

#[cold]
fn raise(message: &str) -> Raised {
    match error_class() {
        Ok(class) => match class.downcast::<TypeObject>() {
            Some(class) => errors::set_object(class, &PyStr::new(message)),
            None => raised!(SystemError, "locale.Error is no class"),
        },
        Err(raised) => raised,
    }
}

/// The class of this module's errors.
#[derive(Default)]
struct State(ObjCell);

fn error_class() -> PyResult {
    let state: &State = taipan_objects::model::thread::current().interpreter().extension();
    if let Some(known) = state.0.get() {
        return Ok(known);
    }
    let dict = PyDict::new();
    dict.set_item(intern!("__module__"), intern!("locale"))?;
    let base = errors::Exc::Exception.type_object();
    let class = taipan_objects::types::r#type::new_heap_type("Error", base, &dict)?;
    state.0.set(Some(class.clone()));
    Ok(class)
}
