//! Writing the whole library to a folder.
//!
//! The files are written beside the folder first and the whole is renamed into place, so that a folder that exists is
//! complete, whoever wrote it and however many processes tried at once. A mark in the folder says which version of the
//! library it holds.

use crate::pack;
use std::ffi::CString;
use taipan_host::{CURRENT_FOLDER, Errno, Result, files, paths, process};

/// The file that names the version a folder holds.
const MARK: &str = ".taipan";

fn c_path(parts: &[&str]) -> Result<CString> {
    CString::new(parts.join("/")).map_err(|_| Errno(libc::EINVAL))
}

fn mark() -> String {
    format!("{:08x}\n", pack::checksum())
}

/// Makes `folder` hold this version of the library and nothing else. Where it does already, nothing is written.
pub fn install(folder: &str) -> Result<()> {
    let folder = folder.trim_end_matches('/');
    if holds_this_version(folder)? {
        return Ok(());
    }
    let fresh = format!("{folder}.{}", process::pid());
    let written = write_all(&fresh).and_then(|()| put_in_place(&fresh, folder));
    if written.is_err() {
        // The error to tell is the first; what is left of the fresh folder is in nobody's way.
        let _ = remove(&fresh);
    }
    written
}

fn holds_this_version(folder: &str) -> Result<bool> {
    match paths::read_file(&c_path(&[folder, MARK])?) {
        Ok(found) => Ok(found == mark().as_bytes()),
        Err(Errno(libc::ENOENT | libc::ENOTDIR)) => Ok(false),
        Err(error) => Err(error),
    }
}

fn write_all(folder: &str) -> Result<()> {
    paths::make_folders(&c_path(&[folder])?, 0o755)?;
    let mut made = String::new();
    for file in pack::files() {
        let path = file.path();
        // The order of the paths keeps the files of a folder together, but for its own folders.
        let above = path.rsplit_once('/').map_or("", |(above, _)| above);
        if above != made {
            paths::make_folders(&c_path(&[folder, above])?, 0o755)?;
            made = above.to_string();
        }
        write(&c_path(&[folder, path])?, &file.contents())?;
    }
    write(&c_path(&[folder, MARK])?, mark().as_bytes())
}

fn write(path: &CString, contents: &[u8]) -> Result<()> {
    let fd = files::open(path, libc::O_WRONLY | libc::O_CREAT | libc::O_TRUNC, 0o644)?;
    let written = files::write_all(fd, contents);
    files::close(fd)?;
    written
}

fn put_in_place(fresh: &str, folder: &str) -> Result<()> {
    let (from, to) = (c_path(&[fresh])?, c_path(&[folder])?);
    match paths::rename_at(CURRENT_FOLDER, &from, CURRENT_FOLDER, &to) {
        Err(Errno(libc::EEXIST | libc::ENOTEMPTY)) => {}
        other => return other,
    }
    // Another process may have been quicker; otherwise an older version is in the way.
    if holds_this_version(folder)? {
        return remove(fresh);
    }
    let old = format!("{fresh}.old");
    paths::rename_at(CURRENT_FOLDER, &to, CURRENT_FOLDER, &c_path(&[&old])?)?;
    paths::rename_at(CURRENT_FOLDER, &from, CURRENT_FOLDER, &to)?;
    remove(&old)
}

/// Removes a folder and everything in it.
fn remove(folder: &str) -> Result<()> {
    for entry in paths::read_folder(&c_path(&[folder])?)? {
        let path = format!("{folder}/{}", entry.name.to_str().map_err(|_| Errno(libc::EILSEQ))?);
        if paths::lstat(&c_path(&[&path])?)?.is_dir() {
            remove(&path)?;
        } else {
            paths::unlink(&c_path(&[&path])?)?;
        }
    }
    paths::rmdir(&c_path(&[folder])?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_written_once_and_replaced_when_it_is_old() {
        let folder = std::env::temp_dir().join(format!("taipan-stdlib-{}/lib/python3.14", process::pid()));
        let folder = folder.to_str().unwrap();
        install(folder).unwrap();
        let os = c_path(&[folder, "os.py"]).unwrap();
        let first = paths::stat(&os).unwrap();
        assert_eq!(paths::read_file(&os).unwrap(), *crate::read("os.py").unwrap());
        assert!(paths::exists(&c_path(&[folder, "json/decoder.py"]).unwrap()));
        install(folder).unwrap();
        assert_eq!(paths::stat(&os).unwrap().ino, first.ino);
        write(&c_path(&[folder, MARK]).unwrap(), b"older").unwrap();
        write(&c_path(&[folder, "gone.py"]).unwrap(), b"").unwrap();
        install(folder).unwrap();
        assert!(!paths::exists(&c_path(&[folder, "gone.py"]).unwrap()));
        assert!(holds_this_version(folder).unwrap());
        let above = folder.strip_suffix("/lib/python3.14").unwrap();
        assert_eq!(paths::read_folder(&c_path(&[above, "lib"]).unwrap()).unwrap().len(), 1);
        remove(above).unwrap();
    }
}
