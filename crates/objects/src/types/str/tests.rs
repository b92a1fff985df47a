//! Strings as Rust code sees them; what Python sees is tested by programs.

use super::PyStr;
use crate::model::{ObjectExt, PyType};
use crate::testing::with_interpreter;

#[test]
fn narrowest_forms() {
    with_interpreter(|| {
        for (text, kind, ascii) in [
            ("", 1, true),
            ("a", 1, true),
            ("é", 1, false),
            ("abc", 1, true),
            ("aé", 1, false),
            ("a€", 2, false),
            ("a😀", 4, false),
        ] {
            let string = PyStr::new(text);
            assert_eq!((string.kind(), string.is_ascii()), (kind, ascii), "{text}");
            assert!(string.eq_str(text));
            assert_eq!(string.len(), text.chars().count());
            assert_eq!(string.to_string_lossy(), text);
            assert_eq!(string.to_utf8().ok(), Some(text));
            assert_eq!(string.to_utf8().ok(), Some(text));
        }
        assert_eq!(PyStr::new("a€").substring(0, 1).kind(), 1);
        assert!(PyStr::new("a😀").substring(0, 1).is(&PyStr::new("a")));
    });
}

#[test]
fn appending() {
    with_interpreter(|| {
        for (left, right) in
            [("ab", "cd"), ("ab", "é"), ("aé", "cd"), ("a€", "cé"), ("a€", "😀"), ("a😀", "c€"), ("ab", "")]
        {
            let joined = format!("{left}{right}");
            let (left, right) = (PyStr::new(left), PyStr::new(right));
            assert!(left.concat(&right).is_ok_and(|text| text.eq_str(&joined)));
            let hash = left.hash();
            assert_eq!(hash, left.hash());
            assert!(
                PyStr::append(left, &right)
                    .is_ok_and(|text| text.eq_str(&joined) && text.hash() == PyStr::new(&joined).hash())
            );
        }
        let mut text = PyStr::new("xy");
        for _ in 0..1000 {
            text = match PyStr::append(text, &PyStr::new("zw")) {
                Ok(text) => text,
                Err(_) => panic!("memory"),
            };
        }
        assert_eq!(text.len(), 2002);
    });
}

#[test]
fn interning() {
    with_interpreter(|| {
        let first = PyStr::intern(PyStr::new("some name"));
        let second = PyStr::intern(PyStr::new("some name"));
        assert!(first.is(&second) && first.is_interned() && !first.is_immortal());
        drop((first, second));
        let third = PyStr::intern(PyStr::new("some name"));
        assert_eq!(third.refcount(), 1);
        let immortal = PyStr::intern_immortal("some name");
        assert!(immortal.is(&third) && immortal.is_immortal());
        assert!(crate::intern!("some name").is(immortal));
        assert!(PyStr::intern(PyStr::new("x")).is(PyStr::intern_immortal("x")));
    });
}

#[test]
fn searching_and_order() {
    with_interpreter(|| {
        let text = PyStr::new("a€b€c");
        assert_eq!(text.find(&PyStr::new("€"), 2, 5), Some(3));
        assert_eq!(text.find(&PyStr::new("😀"), 0, 5), None);
        assert_eq!(text.find(&PyStr::new("b"), 0, 5), Some(2));
        assert!(PyStr::new("a").cmp(&PyStr::new("a€")).is_lt());
        assert!(PyStr::new("é").cmp(&PyStr::new("z")).is_gt());
        assert!(PyStr::check_exact(&text));
        assert!(
            text.replace_text(&PyStr::new("€"), &PyStr::new("-"), -1)
                .is_ok_and(|t| t.eq_str("a-b-c") && t.is_ascii())
        );
        assert!(text.replace_text(&PyStr::new(""), &PyStr::new("."), 2).is_ok_and(|t| t.eq_str(".a.€b€c")));
    });
}
