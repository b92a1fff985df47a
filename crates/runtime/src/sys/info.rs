//! The structure sequences of `sys`, and the other values that never change.

use taipan_objects::prelude::*;
use taipan_objects::types::namespace::PyNamespace;
use taipan_objects::types::set::PyFrozenSet;
use taipan_objects::types::structseq::StructSeq;

pub static FLAGS: StructSeq = StructSeq::new(
    "sys.flags",
    "sys.flags\n\nFlags provided through command line arguments or environment vars.",
    &[
        ("debug", "-d"),
        ("inspect", "-i"),
        ("interactive", "-i"),
        ("optimize", "-O or -OO"),
        ("dont_write_bytecode", "-B"),
        ("no_user_site", "-s"),
        ("no_site", "-S"),
        ("ignore_environment", "-E"),
        ("verbose", "-v"),
        ("bytes_warning", "-b"),
        ("quiet", "-q"),
        ("hash_randomization", "-R"),
        ("isolated", "-I"),
        ("dev_mode", "-X dev"),
        ("utf8_mode", "-X utf8"),
        ("warn_default_encoding", "-X warn_default_encoding"),
        ("safe_path", "-P"),
        ("int_max_str_digits", "-X int_max_str_digits"),
        ("gil", "-X gil"),
        ("thread_inherit_context", "-X thread_inherit_context"),
        ("context_aware_warnings", "-X context_aware_warnings"),
    ],
    18,
    false,
);

static VERSION_INFO: StructSeq = StructSeq::new(
    "sys.version_info",
    "sys.version_info\n\nVersion information as a named tuple.",
    &[
        ("major", "Major release number"),
        ("minor", "Minor release number"),
        ("micro", "Patch release number"),
        ("releaselevel", "'alpha', 'beta', 'candidate', or 'final'"),
        ("serial", "Serial release number"),
    ],
    5,
    false,
);

static FLOAT_INFO: StructSeq = StructSeq::new(
    "sys.float_info",
    "sys.float_info\n\nA named tuple holding information about the float type. It contains low level\ninformation about the precision and internal representation. Please study\nyour system's :file:`float.h` for more information.",
    &[
        ("max", "DBL_MAX -- maximum representable finite float"),
        ("max_exp", "DBL_MAX_EXP -- maximum int e such that radix**(e-1) is representable"),
        ("max_10_exp", "DBL_MAX_10_EXP -- maximum int e such that 10**e is representable"),
        ("min", "DBL_MIN -- Minimum positive normalized float"),
        ("min_exp", "DBL_MIN_EXP -- minimum int e such that radix**(e-1) is a normalized float"),
        ("min_10_exp", "DBL_MIN_10_EXP -- minimum int e such that 10**e is a normalized float"),
        ("dig", "DBL_DIG -- maximum number of decimal digits that can be faithfully represented in a float"),
        ("mant_dig", "DBL_MANT_DIG -- mantissa digits"),
        ("epsilon", "DBL_EPSILON -- Difference between 1 and the next representable float"),
        ("radix", "FLT_RADIX -- radix of exponent"),
        ("rounds", "FLT_ROUNDS -- rounding mode used for arithmetic operations"),
    ],
    11,
    true,
);

static HASH_INFO: StructSeq = StructSeq::new(
    "sys.hash_info",
    "hash_info\n\nA named tuple providing parameters used for computing\nhashes. The attributes are read only.",
    &[
        ("width", "width of the type used for hashing, in bits"),
        ("modulus", "prime number giving the modulus on which the hash function is based"),
        ("inf", "value to be used for hash of a positive infinity"),
        ("nan", "value to be used for hash of a nan"),
        ("imag", "multiplier used for the imaginary part of a complex number"),
        ("algorithm", "name of the algorithm for hashing of str, bytes and memoryviews"),
        ("hash_bits", "internal output size of hash algorithm"),
        ("seed_bits", "seed size of hash algorithm"),
        ("cutoff", "small string optimization cutoff"),
    ],
    9,
    true,
);

static INT_INFO: StructSeq = StructSeq::new(
    "sys.int_info",
    "sys.int_info\n\nA named tuple that holds information about Python's\ninternal representation of integers.  The attributes are read only.",
    &[
        ("bits_per_digit", "size of a digit in bits"),
        ("sizeof_digit", "size in bytes of the C type used to represent a digit"),
        ("default_max_str_digits", "maximum string conversion digits limitation"),
        ("str_digits_check_threshold", "minimum positive value for int_max_str_digits"),
    ],
    4,
    true,
);

static THREAD_INFO: StructSeq = StructSeq::new(
    "sys.thread_info",
    "sys.thread_info\n\nA named tuple holding information about the thread implementation.",
    &[
        ("name", "name of the thread implementation"),
        ("lock", "name of the lock implementation"),
        ("version", "name and version of the thread library"),
    ],
    3,
    true,
);

pub static ASYNCGEN_HOOKS: StructSeq = StructSeq::new(
    "asyncgen_hooks",
    "asyncgen_hooks\n\nA named tuple providing information about asynchronous\ngenerators hooks.  The attributes are read only.",
    &[("firstiter", "Hook to intercept first iteration"), ("finalizer", "Hook to intercept finalization")],
    2,
    true,
);

pub static UNRAISABLE_ARGS: StructSeq = StructSeq::new(
    "UnraisableHookArgs",
    "UnraisableHookArgs\n\nType used to pass arguments to sys.unraisablehook.",
    &[
        ("exc_type", "Exception type"),
        ("exc_value", "Exception value"),
        ("exc_traceback", "Exception traceback"),
        ("err_msg", "Error message"),
        ("object", "Object causing the exception"),
    ],
    5,
    true,
);

fn int(value: i64) -> Obj {
    PyInt::from_i64(value).into_obj()
}

fn float(value: f64) -> Obj {
    PyFloat::new(value).into_obj()
}

fn text(value: &str) -> Obj {
    PyStr::new(value).into_obj()
}

fn tuple(items: Vec<Obj>) -> Obj {
    PyTuple::from_vec(items).into_obj()
}

fn float_info() -> PyResult {
    FLOAT_INFO.make(vec![
        float(f64::MAX),
        int(i64::from(f64::MAX_EXP)),
        int(i64::from(f64::MAX_10_EXP)),
        float(f64::MIN_POSITIVE),
        int(i64::from(f64::MIN_EXP)),
        int(i64::from(f64::MIN_10_EXP)),
        int(i64::from(f64::DIGITS)),
        int(i64::from(f64::MANTISSA_DIGITS)),
        float(f64::EPSILON),
        int(i64::from(f64::RADIX)),
        int(1),
    ])
}

fn hash_info() -> PyResult {
    HASH_INFO.make(vec![
        int(64),
        PyInt::from_u64(taipan_kernels::hash::NUMERIC_MODULUS).into_obj(),
        int(taipan_kernels::hash::INFINITY),
        int(0),
        PyInt::from_u64(taipan_kernels::hash::IMAGINARY).into_obj(),
        text("siphash13"),
        int(64),
        int(128),
        int(0),
    ])
}

/// Adds everything.
pub fn fill(m: &PyModule) -> PyResult<()> {
    let (major, minor, micro, level, serial) = super::VERSION_INFO;
    let version = VERSION_INFO.make(vec![int(major), int(minor), int(micro), text(level), int(serial)])?;
    m.add("version_info", &version)?;
    m.add("float_info", &*float_info()?)?;
    m.add("hash_info", &*hash_info()?)?;
    m.add("int_info", &*INT_INFO.make(vec![int(30), int(4), int(4300), int(640)])?)?;
    m.add("thread_info", &*THREAD_INFO.make(vec![text("pthread"), text("semaphore"), thread_version()])?)?;
    let names = super::stdlib_names::NAMES.split_ascii_whitespace().map(text).collect();
    m.add("stdlib_module_names", &*PyFrozenSet::from_vec(names)?)?;
    let builtins = crate::imports::builtin::names().iter().map(|name| text(name)).collect();
    m.add("builtin_module_names", &tuple(builtins))?;
    m.add("_git", &tuple(vec![text("CPython"), text(""), text("")]))?;
    m.add_str("_taipan", concat!("Taipan ", env!("CARGO_PKG_VERSION")))?;
    let about = PyDict::new();
    about.set_item(intern!("name"), &text("cpython"))?;
    about.set_item(intern!("cache_tag"), &text("cpython-314"))?;
    about.set_item(intern!("version"), &version)?;
    about.set_item(intern!("hexversion"), &int(super::HEXVERSION))?;
    about.set_item(intern!("_multiarch"), &text("x86_64-linux-gnu"))?;
    about.set_item(intern!("supports_isolated_interpreters"), &PyInt::from_bool(true))?;
    m.add("implementation", &*PyNamespace::new(Some(&about))?)
}

/// What the C library calls its threads.
fn thread_version() -> Obj {
    // `_CS_GNU_LIBPTHREAD_VERSION`
    match taipan_host::process::confstr(3) {
        Ok(Some(version)) => PyStr::decode_fs(version.strip_suffix(b"\0").unwrap_or(&version)).into_obj(),
        _ => none(),
    }
}
