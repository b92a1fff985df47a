//! Where the program, its prefix and its library lie.
//!
//! A library installed around the program (`PREFIX/bin/taipan`, `PREFIX/lib/python3.14`) is taken; without one the library
//! in the program is written to a folder of the user's cache, which then is the prefix. A virtual environment
//! (`pyvenv.cfg`) gives `sys.prefix` and leaves `sys.base_prefix` to the program it was made from.

use super::{Bytes, Config};
use std::ffi::CString;
use taipan_host::{environment, paths, process};

/// What the program at hand knows of its library.
#[derive(Clone, Copy)]
pub struct Layout {
    /// Tells this version of the packed library from others.
    pub checksum: fn() -> u32,
    /// Makes a folder hold the packed library.
    pub install: fn(&str) -> taipan_host::Result<()>,
}

/// The paths that `sys` shows.
#[derive(Clone, Debug, Default)]
pub struct Paths {
    pub executable: Bytes,
    pub base_executable: Bytes,
    pub prefix: Bytes,
    pub base_prefix: Bytes,
    pub exec_prefix: Bytes,
    pub base_exec_prefix: Bytes,
    pub home: Option<Bytes>,
    pub stdlib: Option<Bytes>,
    pub search: Vec<Bytes>,
}

fn c(path: &[u8]) -> Option<CString> {
    CString::new(path).ok()
}

pub fn join(folder: &[u8], name: &[u8]) -> Bytes {
    if folder.is_empty() || folder.ends_with(b"/") {
        [folder, name].concat()
    } else {
        [folder, b"/", name].concat()
    }
}

pub fn parent(path: &[u8]) -> &[u8] {
    match path.iter().rposition(|&c| c == b'/') {
        Some(0) => &path[..1],
        Some(at) => &path[..at],
        None => b"",
    }
}

fn is_file(path: &[u8]) -> bool {
    c(path).and_then(|path| paths::stat(&path).ok()).is_some_and(|stat| stat.is_file())
}

fn is_executable(path: &[u8]) -> bool {
    is_file(path)
        && c(path)
            .is_some_and(|path| paths::access_at(taipan_host::CURRENT_FOLDER, &path, libc_x_ok(), 0).is_ok())
}

/// `X_OK`
fn libc_x_ok() -> i32 {
    1
}

pub fn absolute(path: &[u8]) -> Bytes {
    if path.starts_with(b"/") {
        return path.to_vec();
    }
    let path = path.strip_prefix(b"./").unwrap_or(path);
    join(&paths::current_folder().unwrap_or_default(), path)
}

/// The program's own path: as named, where the name has a slash, else found in `PATH`.
fn find_executable(name: &[u8]) -> Bytes {
    if name.contains(&b'/') {
        return absolute(name);
    }
    let path = environment::get(c"PATH").unwrap_or_default();
    let found = path
        .split(|&c| c == b':')
        .filter(|_| !name.is_empty())
        .map(|folder| join(folder, name))
        .find(|path| is_executable(path));
    match found {
        Some(path) => absolute(&path),
        None => process::own_program().unwrap_or_default(),
    }
}

/// The value of `home` in the `pyvenv.cfg` beside the program or above it, and the environment's folder.
fn virtual_environment(executable: &[u8]) -> Option<(Bytes, Bytes)> {
    let beside = parent(executable);
    for folder in [beside, parent(beside)] {
        let Some(path) = c(&join(folder, b"pyvenv.cfg")) else { continue };
        let Ok(text) = paths::read_file(&path) else { continue };
        for line in text.split(|&c| c == b'\n') {
            let Some(at) = line.iter().position(|&c| c == b'=') else { continue };
            if line[..at].trim_ascii().eq_ignore_ascii_case(b"home") {
                return Some((line[at + 1..].trim_ascii().to_vec(), folder.to_vec()));
            }
        }
        return Some((Vec::new(), folder.to_vec()));
    }
    None
}

/// The folder above which `lib/python3.14/os.py` lies.
fn installed_prefix(program: &[u8], library: &[u8]) -> Option<Bytes> {
    let mut folder = parent(program);
    loop {
        if is_file(&join(&join(folder, library), b"os.py")) {
            return Some(folder.to_vec());
        }
        if folder.len() <= 1 {
            return None;
        }
        folder = parent(folder);
    }
}

/// The prefix whose library the program writes itself.
fn unpacked_prefix(library: &[u8], layout: &Layout) -> Bytes {
    let name = format!("taipan/{:08x}", (layout.checksum)());
    let cache = environment::get(c"XDG_CACHE_HOME").filter(|path| path.starts_with(b"/")).or_else(|| {
        environment::get(c"HOME").filter(|home| home.starts_with(b"/")).map(|home| join(&home, b".cache"))
    });
    let fallback = format!("/tmp/taipan-{}", process::uid()).into_bytes();
    for folder in [cache, Some(fallback)].into_iter().flatten() {
        let prefix = join(&folder, name.as_bytes());
        let path = join(&prefix, library);
        let Ok(text) = str::from_utf8(&path) else { continue };
        if (layout.install)(text).is_ok() {
            return prefix;
        }
    }
    b"/usr/local".to_vec()
}

/// Finds everything. `name` is the word that the program was called by.
pub fn find(config: &Config, name: &[u8], layout: &Layout) -> Paths {
    let library = join(&config.platlibdir, b"python3.14");
    let executable = find_executable(name);
    let resolved =
        c(&executable).and_then(|path| paths::realpath(&path).ok()).unwrap_or_else(|| executable.clone());
    let mut found = Paths { base_executable: executable.clone(), executable, ..Paths::default() };
    let environment = virtual_environment(&found.executable);
    if let Some((home, _)) = &environment
        && !home.is_empty()
    {
        let file = found.executable.rsplit(|&c| c == b'/').next().unwrap_or(b"").to_vec();
        let base = join(home, &file);
        found.base_executable = if is_file(&base) { base } else { resolved.clone() };
        found.home = Some(home.clone());
    }
    (found.base_prefix, found.base_exec_prefix) = match &config.python_home {
        Some(home) => {
            let (prefix, rest) = home.split_at(home.iter().position(|&c| c == b':').unwrap_or(home.len()));
            (prefix.to_vec(), rest.get(1..).unwrap_or(prefix).to_vec())
        }
        None => {
            let prefix =
                installed_prefix(&resolved, &library).unwrap_or_else(|| unpacked_prefix(&library, layout));
            (prefix.clone(), prefix)
        }
    };
    if let Some(home) = &config.python_home {
        found.home = Some(home.clone());
    }
    (found.prefix, found.exec_prefix) = match environment {
        Some((_, folder)) if config.python_home.is_none() => (folder.clone(), folder),
        _ => (found.base_prefix.clone(), found.base_exec_prefix.clone()),
    };
    let stdlib = join(&found.base_prefix, &library);
    if let Some(path) = &config.python_path {
        found.search.extend(path.split(|&c| c == b':').map(<[u8]>::to_vec));
    }
    found.search.push(join(&join(&found.base_prefix, &config.platlibdir), b"python314.zip"));
    found.search.push(stdlib.clone());
    found.search.push(join(&join(&found.base_exec_prefix, &library), b"lib-dynload"));
    found.stdlib = Some(stdlib);
    found
}
