//! The locale at the start: coercion of the locale "C" (PEP 538) and UTF-8 mode (PEP 540).

use super::environment::variable;
use super::{Config, Stop};
use core::ffi::CStr;
use taipan_host::{environment, files, locale};

/// `LC_CTYPE`
const LC_CTYPE: i32 = 0;
/// `CODESET`: asks the C library for the name of the locale's encoding.
pub const CODESET: i32 = 14;

/// Locales of UTF-8 that may stand in for "C", the best one first.
const TARGETS: [&CStr; 3] = [c"C.UTF-8", c"C.utf8", c"UTF-8"];

/// Takes the locale of the environment and says how text is encoded.
pub fn settle(config: &mut Config) -> Result<(), Stop> {
    // Where the environment names a locale that the system does not have, the locale stays "C".
    let named = locale::set(LC_CTYPE, Some(c"")).or_else(|| locale::set(LC_CTYPE, None)).unwrap_or_default();
    let is_plain = named == b"C" || named == b"POSIX";
    config.utf8_mode = utf8_mode(config)?.unwrap_or(is_plain);
    config.escapes = is_plain || TARGETS.iter().any(|target| target.to_bytes() == named);
    if is_plain {
        leave_plain(config);
    }
    Ok(())
}

/// What option and variable say.
fn utf8_mode(config: &Config) -> Result<Option<bool>, Stop> {
    let wrong = |message: &str| {
        Err(Stop::Fatal { place: "preconfig_init_utf8_mode", message: message.into(), early: true })
    };
    match config.x_option("utf8") {
        Some(None | Some(b"1")) => Ok(Some(true)),
        Some(Some(b"0")) => Ok(Some(false)),
        Some(Some(_)) => wrong("invalid -X utf8 option value"),
        None => match variable(config, c"PYTHONUTF8").as_deref() {
            Some(b"1") => Ok(Some(true)),
            Some(b"0") => Ok(Some(false)),
            Some(_) => wrong("invalid PYTHONUTF8 environment variable value"),
            None => Ok(None),
        },
    }
}

/// Puts a locale of UTF-8 in the place of "C", here and for programs that this one starts.
fn leave_plain(config: &Config) {
    let asked = variable(config, c"PYTHONCOERCECLOCALE");
    let warns = asked.as_deref() == Some(b"warn");
    let say = |text: &str| {
        // There is nobody to tell of a failure.
        let _ = files::write_all(2, text.as_bytes());
    };
    let all_is_set = environment::get(c"LC_ALL").is_some_and(|value| !value.is_empty());
    if asked.as_deref() != Some(b"0") && !all_is_set {
        for target in TARGETS {
            if locale::set(LC_CTYPE, Some(target)).is_none() {
                continue;
            }
            if locale::information(CODESET).is_empty() || environment::set(c"LC_CTYPE", target).is_err() {
                let _ = locale::set(LC_CTYPE, Some(c"C"));
                continue;
            }
            if warns {
                say(&format!(
                    "Python detected LC_CTYPE=C: LC_CTYPE coerced to {} (set another locale or \
                     PYTHONCOERCECLOCALE=0 to disable this locale coercion behavior).\n",
                    target.to_string_lossy()
                ));
            }
            return;
        }
    }
    if warns {
        say(
            "Python runtime initialized with LC_CTYPE=C (a locale with default ASCII encoding), which may cause \
             Unicode compatibility problems. Using C.UTF-8, C.utf8, or UTF-8 (if available) as alternative \
             Unicode-compatible locales is recommended.\n",
        );
    }
}
