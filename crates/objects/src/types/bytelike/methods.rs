//! The methods of `bytes` and `bytearray`, declared once for both types. Some docstrings name the type: they are given
//! where the macro is used.

use super::ByteLike;
use super::find::{self, Window};
use super::split;
use super::transform::{self, Side};
use crate::codecs;
use crate::model::args::OptArg;
use crate::model::{Obj, Py, PyObject, PyResult};
use crate::types::bytearray::PyByteArray;
use crate::types::bytes::PyBytes;
use crate::types::str::PyStr;
use taipan_macros::pymethods;

macro_rules! byte_methods {
    ($ty:ty, $methods:ident, $tests:ident, decode = $decode:tt, endswith = $endswith:tt, find = $find:tt, hex = $hex:tt, index = $index:tt, join = $join:tt, lstrip = $lstrip:tt, partition = $partition:tt, removeprefix = $removeprefix:tt, removesuffix = $removesuffix:tt, rfind = $rfind:tt, rindex = $rindex:tt, rpartition = $rpartition:tt, rsplit = $rsplit:tt, split = $split:tt, splitlines = $splitlines:tt, startswith = $startswith:tt $(,)?) => {
        #[pymethods($methods)]
        impl $ty {
            /// B.capitalize() -> copy of B
            ///
            /// Return a copy of B with only its first character capitalized (ASCII)
            /// and the rest lower-cased.
            #[pymethod]
            fn capitalize(&self) -> Obj {
                transform::capitalize(self)
            }

            /// Return a centered string of length width.
            ///
            /// Padding is done using the specified fill character.
            #[pymethod(signature = "(width, fillchar=b' ', /)")]
            fn center(&self, width: isize, fillchar: OptArg<&PyObject>) -> PyResult {
                let fill = transform::fill_byte(fillchar.given(), "center")?;
                transform::pad(self, width, fill, Side::Both)
            }

            /// Return the number of non-overlapping occurrences of subsection 'sub' in bytes B[start:end].
            ///
            ///   start
            ///     Optional start position. Default: start of the bytes.
            ///   end
            ///     Optional stop position. Default: end of the bytes.
            #[pymethod(signature = "(sub[, start[, end]], /)")]
            fn count(
                &self,
                sub: &PyObject,
                start: OptArg<&PyObject>,
                end: OptArg<&PyObject>,
            ) -> PyResult<usize> {
                find::count(self, sub, &Window::new(start, end)?)
            }

            #[doc = $decode]
            #[pymethod(signature = "(encoding='utf-8', errors='strict')")]
            fn decode(&self, encoding: OptArg<&str>, errors: OptArg<&str>) -> PyResult<Py<PyStr>> {
                let bytes = self.read(<[u8]>::to_vec);
                codecs::decode_bytes(&bytes, None, encoding.given(), errors.given())
            }

            #[doc = $endswith]
            #[pymethod(signature = "(suffix[, start[, end]], /)")]
            fn endswith(
                &self,
                suffix: &PyObject,
                start: OptArg<&PyObject>,
                end: OptArg<&PyObject>,
            ) -> PyResult<bool> {
                find::has_affix(self, suffix, &Window::new(start, end)?, true)
            }

            /// Return a copy where all tab characters are expanded using spaces.
            ///
            /// If tabsize is not given, a tab size of 8 characters is assumed.
            #[pymethod(signature = "(tabsize=8)")]
            fn expandtabs(&self, tabsize: i32) -> PyResult {
                transform::expand_tabs(self, tabsize as isize)
            }

            #[doc = $find]
            #[pymethod(signature = "(sub[, start[, end]], /)")]
            fn find(
                &self,
                sub: &PyObject,
                start: OptArg<&PyObject>,
                end: OptArg<&PyObject>,
            ) -> PyResult<isize> {
                let found = find::find(self, sub, &Window::new(start, end)?, false)?;
                Ok(found.map_or(-1, |at| at as isize))
            }

            #[doc = $hex]
            #[pymethod(signature = "(sep=<unrepresentable>, bytes_per_sep=1)")]
            fn hex(&self, sep: OptArg<&PyObject>, bytes_per_sep: i32) -> PyResult<Py<PyStr>> {
                let _held = self.hold();
                let bytes = self.read(<[u8]>::to_vec);
                super::to_hex(&bytes, sep.given(), bytes_per_sep)
            }

            #[doc = $index]
            #[pymethod(signature = "(sub[, start[, end]], /)")]
            fn index(
                &self,
                sub: &PyObject,
                start: OptArg<&PyObject>,
                end: OptArg<&PyObject>,
            ) -> PyResult<usize> {
                find::index(self, sub, &Window::new(start, end)?, false)
            }

            #[doc = $join]
            #[pymethod(signature = "(iterable_of_bytes, /)")]
            fn join(&self, iterable_of_bytes: &PyObject) -> PyResult {
                split::join(self, iterable_of_bytes)
            }

            /// Return a left-justified string of length width.
            ///
            /// Padding is done using the specified fill character.
            #[pymethod(signature = "(width, fillchar=b' ', /)")]
            fn ljust(&self, width: isize, fillchar: OptArg<&PyObject>) -> PyResult {
                let fill = transform::fill_byte(fillchar.given(), "ljust")?;
                transform::pad(self, width, fill, Side::Right)
            }

            /// Return a right-justified string of length width.
            ///
            /// Padding is done using the specified fill character.
            #[pymethod(signature = "(width, fillchar=b' ', /)")]
            fn rjust(&self, width: isize, fillchar: OptArg<&PyObject>) -> PyResult {
                let fill = transform::fill_byte(fillchar.given(), "rjust")?;
                transform::pad(self, width, fill, Side::Left)
            }

            /// B.lower() -> copy of B
            ///
            /// Return a copy of B with all ASCII characters converted to lowercase.
            #[pymethod]
            fn lower(&self) -> Obj {
                transform::map_bytes(self, |byte| byte.to_ascii_lowercase())
            }

            #[doc = $lstrip]
            #[pymethod(signature = "(bytes=None, /)")]
            fn lstrip(&self, bytes: Option<&PyObject>) -> PyResult {
                transform::strip(self, bytes, Side::Left)
            }

            /// Return a translation table usable for the bytes or bytearray translate method.
            ///
            /// The returned table will be one where each byte in frm is mapped to
            /// the byte at the same position in to.
            ///
            /// The bytes objects frm and to must be of the same length.
            #[pymethod(static_method, signature = "(frm, to, /)")]
            fn maketrans(frm: &PyObject, to: &PyObject) -> PyResult {
                transform::make_table(frm, to)
            }

            #[doc = $partition]
            #[pymethod(signature = "(sep, /)")]
            fn partition(&self, sep: &PyObject) -> PyResult {
                split::partition(self, sep, false)
            }

            /// Return a copy with all occurrences of substring old replaced by new.
            ///
            ///   count
            ///     Maximum number of occurrences to replace.
            ///     -1 (the default value) means replace all occurrences.
            ///
            /// If the optional argument count is given, only the first count occurrences are
            /// replaced.
            #[pymethod(signature = "(old, new, count=-1, /)")]
            fn replace(&self, old: &PyObject, new: &PyObject, count: isize) -> PyResult {
                transform::replace(self, old, new, count)
            }

            #[doc = $removeprefix]
            #[pymethod(signature = "(prefix, /)")]
            fn removeprefix(&self, prefix: &PyObject) -> PyResult {
                transform::remove_affix(self, prefix, false)
            }

            #[doc = $removesuffix]
            #[pymethod(signature = "(suffix, /)")]
            fn removesuffix(&self, suffix: &PyObject) -> PyResult {
                transform::remove_affix(self, suffix, true)
            }

            #[doc = $rfind]
            #[pymethod(signature = "(sub[, start[, end]], /)")]
            fn rfind(
                &self,
                sub: &PyObject,
                start: OptArg<&PyObject>,
                end: OptArg<&PyObject>,
            ) -> PyResult<isize> {
                let found = find::find(self, sub, &Window::new(start, end)?, true)?;
                Ok(found.map_or(-1, |at| at as isize))
            }

            #[doc = $rindex]
            #[pymethod(signature = "(sub[, start[, end]], /)")]
            fn rindex(
                &self,
                sub: &PyObject,
                start: OptArg<&PyObject>,
                end: OptArg<&PyObject>,
            ) -> PyResult<usize> {
                find::index(self, sub, &Window::new(start, end)?, true)
            }

            #[doc = $rpartition]
            #[pymethod(signature = "(sep, /)")]
            fn rpartition(&self, sep: &PyObject) -> PyResult {
                split::partition(self, sep, true)
            }

            #[doc = $rsplit]
            #[pymethod(signature = "(sep=None, maxsplit=-1)")]
            fn rsplit(&self, sep: Option<&PyObject>, maxsplit: isize) -> PyResult {
                split::split(self, sep, maxsplit, true)
            }

            /// Strip trailing bytes contained in the argument.
            ///
            /// If the argument is omitted or None, strip trailing ASCII whitespace.
            #[pymethod(signature = "(bytes=None, /)")]
            fn rstrip(&self, bytes: Option<&PyObject>) -> PyResult {
                transform::strip(self, bytes, Side::Right)
            }

            #[doc = $split]
            #[pymethod(signature = "(sep=None, maxsplit=-1)")]
            fn split(&self, sep: Option<&PyObject>, maxsplit: isize) -> PyResult {
                split::split(self, sep, maxsplit, false)
            }

            #[doc = $splitlines]
            #[pymethod(signature = "(keepends=False)")]
            fn splitlines(&self, keepends: bool) -> PyResult {
                split::split_lines(self, keepends)
            }

            #[doc = $startswith]
            #[pymethod(signature = "(prefix[, start[, end]], /)")]
            fn startswith(
                &self,
                prefix: &PyObject,
                start: OptArg<&PyObject>,
                end: OptArg<&PyObject>,
            ) -> PyResult<bool> {
                find::has_affix(self, prefix, &Window::new(start, end)?, false)
            }

            /// Strip leading and trailing bytes contained in the argument.
            ///
            /// If the argument is omitted or None, strip leading and trailing ASCII
            /// whitespace.
            #[pymethod(signature = "(bytes=None, /)")]
            fn strip(&self, bytes: Option<&PyObject>) -> PyResult {
                transform::strip(self, bytes, Side::Both)
            }

            /// B.swapcase() -> copy of B
            ///
            /// Return a copy of B with uppercase ASCII characters converted
            /// to lowercase ASCII and vice versa.
            #[pymethod]
            fn swapcase(&self) -> Obj {
                transform::map_bytes(self, transform::swap_case)
            }

            /// B.title() -> copy of B
            ///
            /// Return a titlecased version of B, i.e. ASCII words start with
            /// uppercase characters, all remaining cased characters have lowercase.
            #[pymethod]
            fn title(&self) -> Obj {
                transform::title(self)
            }

            /// Return a copy with each character mapped by the given translation table.
            ///
            ///   table
            ///     Translation table, which must be a bytes object of length 256.
            ///
            /// All characters occurring in the optional argument delete are
            /// removed.  The remaining characters are mapped through the given
            /// translation table.
            #[pymethod(signature = "(table, /, delete=b'')")]
            fn translate(&self, table: &PyObject, delete: OptArg<&PyObject>) -> PyResult {
                transform::translate(self, table, delete.given())
            }

            /// B.upper() -> copy of B
            ///
            /// Return a copy of B with all ASCII characters converted to uppercase.
            #[pymethod]
            fn upper(&self) -> Obj {
                transform::map_bytes(self, |byte| byte.to_ascii_uppercase())
            }

            /// Pad a numeric string with zeros on the left, to fill a field of the given width.
            ///
            /// The original string is never truncated.
            #[pymethod(signature = "(width, /)")]
            fn zfill(&self, width: isize) -> PyResult {
                transform::zero_fill(self, width)
            }
        }

        #[pymethods($tests)]
        impl $ty {
            /// B.isalnum() -> bool
            ///
            /// Return True if all characters in B are alphanumeric
            /// and there is at least one character in B, False otherwise.
            #[pymethod]
            fn isalnum(&self) -> bool {
                self.read(|bytes| !bytes.is_empty() && bytes.iter().all(u8::is_ascii_alphanumeric))
            }

            /// B.isalpha() -> bool
            ///
            /// Return True if all characters in B are alphabetic
            /// and there is at least one character in B, False otherwise.
            #[pymethod]
            fn isalpha(&self) -> bool {
                self.read(|bytes| !bytes.is_empty() && bytes.iter().all(u8::is_ascii_alphabetic))
            }

            /// B.isascii() -> bool
            ///
            /// Return True if B is empty or all characters in B are ASCII,
            /// False otherwise.
            #[pymethod]
            fn isascii(&self) -> bool {
                self.read(|bytes| bytes.is_ascii())
            }

            /// B.isdigit() -> bool
            ///
            /// Return True if all characters in B are digits
            /// and there is at least one character in B, False otherwise.
            #[pymethod]
            fn isdigit(&self) -> bool {
                self.read(|bytes| !bytes.is_empty() && bytes.iter().all(u8::is_ascii_digit))
            }

            /// B.islower() -> bool
            ///
            /// Return True if all cased characters in B are lowercase and there is
            /// at least one cased character in B, False otherwise.
            #[pymethod]
            fn islower(&self) -> bool {
                self.read(|bytes| transform::is_cased(bytes, u8::is_ascii_lowercase, u8::is_ascii_uppercase))
            }

            /// B.isspace() -> bool
            ///
            /// Return True if all characters in B are whitespace
            /// and there is at least one character in B, False otherwise.
            #[pymethod]
            fn isspace(&self) -> bool {
                self.read(|bytes| !bytes.is_empty() && bytes.iter().all(|&byte| split::is_space(byte)))
            }

            /// B.istitle() -> bool
            ///
            /// Return True if B is a titlecased string and there is at least one
            /// character in B, i.e. uppercase characters may only follow uncased
            /// characters and lowercase characters only cased ones. Return False
            /// otherwise.
            #[pymethod]
            fn istitle(&self) -> bool {
                self.read(|bytes| transform::is_title(bytes))
            }

            /// B.isupper() -> bool
            ///
            /// Return True if all cased characters in B are uppercase and there is
            /// at least one cased character in B, False otherwise.
            #[pymethod]
            fn isupper(&self) -> bool {
                self.read(|bytes| transform::is_cased(bytes, u8::is_ascii_uppercase, u8::is_ascii_lowercase))
            }
        }
    };
}

byte_methods! {
    PyBytes,
    BYTES_METHODS,
    BYTES_TESTS,
    decode = "Decode the bytes using the codec registered for encoding.\n\n  encoding\n    The encoding with which to decode the bytes.\n  errors\n    The error handling scheme to use for the handling of decoding\n    errors.  The default is 'strict' meaning that decoding errors\n    raise a UnicodeDecodeError.  Other possible values are 'ignore'\n    and 'replace' as well as any other name registered with\n    codecs.register_error that can handle UnicodeDecodeErrors.",
    endswith = "Return True if the bytes ends with the specified suffix, False otherwise.\n\n  suffix\n    A bytes or a tuple of bytes to try.\n  start\n    Optional start position. Default: start of the bytes.\n  end\n    Optional stop position. Default: end of the bytes.",
    find = "Return the lowest index in B where subsection 'sub' is found, such that 'sub' is contained within B[start,end].\n\n  start\n    Optional start position. Default: start of the bytes.\n  end\n    Optional stop position. Default: end of the bytes.\n\nReturn -1 on failure.",
    hex = "Create a string of hexadecimal numbers from a bytes object.\n\n  sep\n    An optional single character or byte to separate hex bytes.\n  bytes_per_sep\n    How many bytes between separators.  Positive values count from\n    the right, negative values count from the left.\n\nExample:\n>>> value = b'\\xb9\\x01\\xef'\n>>> value.hex()\n'b901ef'\n>>> value.hex(':')\n'b9:01:ef'\n>>> value.hex(':', 2)\n'b9:01ef'\n>>> value.hex(':', -2)\n'b901:ef'",
    index = "Return the lowest index in B where subsection 'sub' is found, such that 'sub' is contained within B[start,end].\n\n  start\n    Optional start position. Default: start of the bytes.\n  end\n    Optional stop position. Default: end of the bytes.\n\nRaise ValueError if the subsection is not found.",
    join = "Concatenate any number of bytes objects.\n\nThe bytes whose method is called is inserted in between each pair.\n\nThe result is returned as a new bytes object.\n\nExample: b'.'.join([b'ab', b'pq', b'rs']) -> b'ab.pq.rs'.",
    lstrip = "Strip leading bytes contained in the argument.\n\nIf the argument is omitted or None, strip leading  ASCII whitespace.",
    partition = "Partition the bytes into three parts using the given separator.\n\nThis will search for the separator sep in the bytes.  If the\nseparator is found, returns a 3-tuple containing the part before the\nseparator, the separator itself, and the part after it.\n\nIf the separator is not found, returns a 3-tuple containing the\noriginal bytes object and two empty bytes objects.",
    removeprefix = "Return a bytes object with the given prefix string removed if present.\n\nIf the bytes starts with the prefix string, return\nbytes[len(prefix):].  Otherwise, return a copy of the original\nbytes.",
    removesuffix = "Return a bytes object with the given suffix string removed if present.\n\nIf the bytes ends with the suffix string and that suffix is not\nempty, return bytes[:-len(prefix)].  Otherwise, return a copy of the\noriginal bytes.",
    rfind = "Return the highest index in B where subsection 'sub' is found, such that 'sub' is contained within B[start,end].\n\n  start\n    Optional start position. Default: start of the bytes.\n  end\n    Optional stop position. Default: end of the bytes.\n\nReturn -1 on failure.",
    rindex = "Return the highest index in B where subsection 'sub' is found, such that 'sub' is contained within B[start,end].\n\n  start\n    Optional start position. Default: start of the bytes.\n  end\n    Optional stop position. Default: end of the bytes.\n\nRaise ValueError if the subsection is not found.",
    rpartition = "Partition the bytes into three parts using the given separator.\n\nThis will search for the separator sep in the bytes, starting at the\nend.  If the separator is found, returns a 3-tuple containing the\npart before the separator, the separator itself, and the part after\nit.\n\nIf the separator is not found, returns a 3-tuple containing two\nempty bytes objects and the original bytes object.",
    rsplit = "Return a list of the sections in the bytes, using sep as the delimiter.\n\n  sep\n    The delimiter according which to split the bytes.\n    None (the default value) means split on ASCII whitespace\n    characters (space, tab, return, newline, formfeed, vertical tab).\n  maxsplit\n    Maximum number of splits to do.\n    -1 (the default value) means no limit.\n\nSplitting is done starting at the end of the bytes and working to\nthe front.",
    split = "Return a list of the sections in the bytes, using sep as the delimiter.\n\n  sep\n    The delimiter according which to split the bytes.\n    None (the default value) means split on ASCII whitespace\n    characters (space, tab, return, newline, formfeed, vertical tab).\n  maxsplit\n    Maximum number of splits to do.\n    -1 (the default value) means no limit.",
    splitlines = "Return a list of the lines in the bytes, breaking at line boundaries.\n\nLine breaks are not included in the resulting list unless keepends\nis given and true.",
    startswith = "Return True if the bytes starts with the specified prefix, False otherwise.\n\n  prefix\n    A bytes or a tuple of bytes to try.\n  start\n    Optional start position. Default: start of the bytes.\n  end\n    Optional stop position. Default: end of the bytes.",
}

byte_methods! {
    PyByteArray,
    BYTEARRAY_METHODS,
    BYTEARRAY_TESTS,
    decode = "Decode the bytearray using the codec registered for encoding.\n\n  encoding\n    The encoding with which to decode the bytearray.\n  errors\n    The error handling scheme to use for the handling of decoding\n    errors.  The default is 'strict' meaning that decoding errors\n    raise a UnicodeDecodeError.  Other possible values are 'ignore'\n    and 'replace' as well as any other name registered with\n    codecs.register_error that can handle UnicodeDecodeErrors.",
    endswith = "Return True if the bytearray ends with the specified suffix, False otherwise.\n\n  suffix\n    A bytes or a tuple of bytes to try.\n  start\n    Optional start position. Default: start of the bytearray.\n  end\n    Optional stop position. Default: end of the bytearray.",
    find = "Return the lowest index in B where subsection 'sub' is found, such that 'sub' is contained within B[start:end].\n\n  start\n    Optional start position. Default: start of the bytes.\n  end\n    Optional stop position. Default: end of the bytes.\n\nReturn -1 on failure.",
    hex = "Create a string of hexadecimal numbers from a bytearray object.\n\n  sep\n    An optional single character or byte to separate hex bytes.\n  bytes_per_sep\n    How many bytes between separators.  Positive values count from\n    the right, negative values count from the left.\n\nExample:\n>>> value = bytearray([0xb9, 0x01, 0xef])\n>>> value.hex()\n'b901ef'\n>>> value.hex(':')\n'b9:01:ef'\n>>> value.hex(':', 2)\n'b9:01ef'\n>>> value.hex(':', -2)\n'b901:ef'",
    index = "Return the lowest index in B where subsection 'sub' is found, such that 'sub' is contained within B[start:end].\n\n  start\n    Optional start position. Default: start of the bytes.\n  end\n    Optional stop position. Default: end of the bytes.\n\nRaise ValueError if the subsection is not found.",
    join = "Concatenate any number of bytes/bytearray objects.\n\nThe bytearray whose method is called is inserted in between each\npair.\n\nThe result is returned as a new bytearray object.",
    lstrip = "Strip leading bytes contained in the argument.\n\nIf the argument is omitted or None, strip leading ASCII whitespace.",
    partition = "Partition the bytearray into three parts using the given separator.\n\nThis will search for the separator sep in the bytearray.  If the\nseparator is found, returns a 3-tuple containing the part before the\nseparator, the separator itself, and the part after it as new\nbytearray objects.\n\nIf the separator is not found, returns a 3-tuple containing the copy\nof the original bytearray object and two empty bytearray objects.",
    removeprefix = "Return a bytearray with the given prefix string removed if present.\n\nIf the bytearray starts with the prefix string, return\nbytearray[len(prefix):].  Otherwise, return a copy of the original\nbytearray.",
    removesuffix = "Return a bytearray with the given suffix string removed if present.\n\nIf the bytearray ends with the suffix string and that suffix is not\nempty, return bytearray[:-len(suffix)].  Otherwise, return a copy of\nthe original bytearray.",
    rfind = "Return the highest index in B where subsection 'sub' is found, such that 'sub' is contained within B[start:end].\n\n  start\n    Optional start position. Default: start of the bytes.\n  end\n    Optional stop position. Default: end of the bytes.\n\nReturn -1 on failure.",
    rindex = "Return the highest index in B where subsection 'sub' is found, such that 'sub' is contained within B[start:end].\n\n  start\n    Optional start position. Default: start of the bytes.\n  end\n    Optional stop position. Default: end of the bytes.\n\nRaise ValueError if the subsection is not found.",
    rpartition = "Partition the bytearray into three parts using the given separator.\n\nThis will search for the separator sep in the bytearray, starting at\nthe end.  If the separator is found, returns a 3-tuple containing\nthe part before the separator, the separator itself, and the part\nafter it as new bytearray objects.\n\nIf the separator is not found, returns a 3-tuple containing two\nempty bytearray objects and the copy of the original bytearray\nobject.",
    rsplit = "Return a list of the sections in the bytearray, using sep as the delimiter.\n\n  sep\n    The delimiter according which to split the bytearray.\n    None (the default value) means split on ASCII whitespace\n    characters (space, tab, return, newline, formfeed, vertical tab).\n  maxsplit\n    Maximum number of splits to do.\n    -1 (the default value) means no limit.\n\nSplitting is done starting at the end of the bytearray and working\nto the front.",
    split = "Return a list of the sections in the bytearray, using sep as the delimiter.\n\n  sep\n    The delimiter according which to split the bytearray.\n    None (the default value) means split on ASCII whitespace\n    characters (space, tab, return, newline, formfeed, vertical tab).\n  maxsplit\n    Maximum number of splits to do.\n    -1 (the default value) means no limit.",
    splitlines = "Return a list of the lines in the bytearray, breaking at line boundaries.\n\nLine breaks are not included in the resulting list unless keepends\nis given and true.",
    startswith = "Return True if the bytearray starts with the specified prefix, False otherwise.\n\n  prefix\n    A bytes or a tuple of bytes to try.\n  start\n    Optional start position. Default: start of the bytearray.\n  end\n    Optional stop position. Default: end of the bytearray.",
}
