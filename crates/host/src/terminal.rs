//! Terminals: their settings, size and process group, and pairs of pseudo-terminals.

#![expect(unsafe_code, reason = "calls into the C library")]

use crate::calls::{Checked, zero};
use crate::files::filled;
use crate::process::{Forked, Pid};
use crate::{Errno, Fd, Result, blocking};
use core::ffi::{CStr, c_char, c_int};

/// How many control characters a terminal has.
pub const CONTROL_CHARACTERS: usize = libc::NCCS;

/// The settings of a terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    pub input: u32,
    pub output: u32,
    pub control: u32,
    pub local: u32,
    pub input_speed: u32,
    pub output_speed: u32,
    pub characters: [u8; CONTROL_CHARACTERS],
}

pub fn settings(fd: Fd) -> Result<Settings> {
    // SAFETY: `filled` passes a pointer to a whole struct.
    let settings: libc::termios = filled(|settings| unsafe { libc::tcgetattr(fd, settings) })?;
    // SAFETY: the struct is whole.
    let (input_speed, output_speed) =
        unsafe { (libc::cfgetispeed(&raw const settings), libc::cfgetospeed(&raw const settings)) };
    Ok(Settings {
        input: settings.c_iflag,
        output: settings.c_oflag,
        control: settings.c_cflag,
        local: settings.c_lflag,
        input_speed,
        output_speed,
        characters: settings.c_cc,
    })
}

pub fn set_settings(fd: Fd, when: c_int, wanted: &Settings) -> Result<()> {
    // SAFETY: `filled` passes a pointer to a whole struct; what Python does not know of stays as it is.
    let mut settings: libc::termios = filled(|settings| unsafe { libc::tcgetattr(fd, settings) })?;
    settings.c_iflag = wanted.input;
    settings.c_oflag = wanted.output;
    settings.c_cflag = wanted.control;
    settings.c_lflag = wanted.local;
    settings.c_cc = wanted.characters;
    // SAFETY: the struct is whole; the calls refuse speeds that do not exist.
    unsafe {
        let _: () = libc::cfsetispeed(&raw mut settings, wanted.input_speed).checked()?;
        let _: () = libc::cfsetospeed(&raw mut settings, wanted.output_speed).checked()?;
        blocking(|| libc::tcsetattr(fd, when, &raw const settings).checked())
    }
}

blocking_calls! {
    pub fn send_break(fd: Fd, duration: c_int) -> () = libc::tcsendbreak(fd, duration);
    pub fn drain(fd: Fd) -> () = libc::tcdrain(fd);
    pub fn flush(fd: Fd, queue: c_int) -> () = libc::tcflush(fd, queue);
    pub fn flow(fd: Fd, action: c_int) -> () = libc::tcflow(fd, action);
}

plain_calls! {
    pub fn foreground_group(fd: Fd) -> Pid = libc::tcgetpgrp(fd);
    pub fn set_foreground_group(fd: Fd, group: Pid) -> () = libc::tcsetpgrp(fd, group);
    pub fn make_controlling(fd: Fd) -> () = libc::login_tty(fd);
    pub fn open_pseudo(flags: c_int) -> Fd = libc::posix_openpt(flags);
    pub fn grant(fd: Fd) -> () = libc::grantpt(fd);
    pub fn unlock(fd: Fd) -> () = libc::unlockpt(fd);
}

/// Rows and columns.
pub fn size(fd: Fd) -> Result<(u16, u16)> {
    // SAFETY: `filled` passes a pointer to a whole struct.
    filled(|size: *mut libc::winsize| unsafe { libc::ioctl(fd, libc::TIOCGWINSZ, size) })
        .map(|size| (size.ws_row, size.ws_col))
}

pub fn set_size(fd: Fd, rows: u16, columns: u16) -> Result<()> {
    let size = libc::winsize { ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 };
    // SAFETY: the struct outlives the call.
    unsafe { libc::ioctl(fd, libc::TIOCSWINSZ, &raw const size) }.checked()
}

/// A text that a `…_r` function writes into a buffer.
fn named(call: impl FnOnce(*mut c_char, usize) -> c_int) -> Result<Vec<u8>> {
    let mut buffer = [0 as c_char; 4096];
    zero(call(buffer.as_mut_ptr(), buffer.len()))?;
    // SAFETY: the text is terminated where the call succeeds.
    Ok(unsafe { CStr::from_ptr(buffer.as_ptr()) }.to_bytes().to_vec())
}

/// The path of the terminal a descriptor has open.
pub fn name(fd: Fd) -> Result<Vec<u8>> {
    // SAFETY: `named` passes a buffer as long as said.
    named(|buffer, length| unsafe { libc::ttyname_r(fd, buffer, length) })
}

/// The path of the other end of a pseudo-terminal.
pub fn pseudo_name(fd: Fd) -> Result<Vec<u8>> {
    // SAFETY: `named` passes a buffer as long as said.
    named(|buffer, length| unsafe { libc::ptsname_r(fd, buffer, length) })
}

/// The path of the controlling terminal, whichever it is.
pub fn controlling_name() -> Vec<u8> {
    b"/dev/tty".to_vec()
}

/// A new pair of pseudo-terminals: the controlling end and the one programs use. Neither is inherited.
pub fn open_pair() -> Result<(Fd, Fd)> {
    let (mut main, mut other) = (0, 0);
    let nothing = core::ptr::null_mut();
    // SAFETY: both places are valid; no name, settings or size is asked for.
    let done: Result<()> =
        unsafe { libc::openpty(&raw mut main, &raw mut other, nothing, nothing.cast(), nothing.cast()) }
            .checked();
    done?;
    crate::files::set_inheritable(main, false)?;
    crate::files::set_inheritable(other, false)?;
    Ok((main, other))
}

/// Splits the process; the child's streams are a new pseudo-terminal, whose other end the parent gets.
///
/// # Safety
/// As for [`crate::process::fork`].
pub unsafe fn fork_with_terminal() -> Result<(Forked, Fd)> {
    let mut main = -1;
    let nothing = core::ptr::null_mut();
    // SAFETY: by the contract of this function; the place is valid.
    match unsafe { libc::forkpty(&raw mut main, nothing, nothing.cast(), nothing.cast()) } {
        -1 => Err(Errno::last()),
        0 => Ok((Forked::Child, -1)),
        pid => Ok((Forked::Parent(pid), main)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pair_of_terminals_has_settings_and_a_size() {
        let (main, other) = open_pair().unwrap();
        set_size(main, 24, 80).unwrap();
        assert_eq!(size(other), Ok((24, 80)));
        let mut wanted = settings(other).unwrap();
        wanted.local &= !libc::ECHO;
        set_settings(other, libc::TCSANOW, &wanted).unwrap();
        assert_eq!(settings(other).unwrap(), wanted);
        assert_eq!(name(other).unwrap(), pseudo_name(main).unwrap());
        assert!(crate::files::is_terminal(other));
        for fd in [main, other] {
            crate::files::close(fd).unwrap();
        }
        // The number of a closed one may be another test's by now.
        assert_eq!(size(i32::MAX), Err(Errno(libc::EBADF)));
    }
}
