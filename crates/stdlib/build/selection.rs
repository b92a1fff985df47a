//! Which files of the source library are part of Taipan's.

/// Folders and files left out, each with the reason.
const LEFT_OUT: &[(&str, &str)] = &[
    ("README.md", "about the source crate"),
    ("_dummy_os.py", "for hosts without an operating system"),
    ("_dummy_thread.py", "for hosts without threads"),
    ("dummy_threading.py", "for hosts without threads"),
    ("_pycodecs.py", "Taipan's codecs are native"),
    ("ctypes/macholib/README.ctypes", "not for Linux"),
    ("ctypes/macholib/fetch_macholib", "not for Linux"),
    ("ctypes/macholib/fetch_macholib.bat", "not for Linux"),
    ("idlelib", "needs Tk"),
    ("tkinter", "needs Tk"),
    ("turtledemo", "needs Tk"),
    ("turtle.py", "needs Tk"),
];

/// Whether the file belongs to the library.
pub fn belongs(path: &str) -> bool {
    let below = |folder: &str| path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'));
    !LEFT_OUT.iter().any(|(left_out, _)| path == *left_out || below(left_out))
}
