//! Waiting for many descriptors at once: `select`, `poll`, `epoll`.

#![expect(unsafe_code, reason = "calls into the C library")]

use crate::calls::Checked;
use crate::{Errno, Fd, Result, blocking};
use core::ffi::c_int;
use core::mem::MaybeUninit;

/// One more than the highest descriptor that [`select`] takes.
pub const SELECT_LIMIT: Fd = libc::FD_SETSIZE as Fd;

fn fd_set(fds: &[Fd]) -> Result<libc::fd_set> {
    let mut set = MaybeUninit::<libc::fd_set>::zeroed();
    // SAFETY: the set is whole; every descriptor lies within it.
    unsafe {
        for fd in fds {
            if !(0..SELECT_LIMIT).contains(fd) {
                return Err(Errno(libc::EINVAL));
            }
            libc::FD_SET(*fd, set.as_mut_ptr());
        }
        Ok(set.assume_init())
    }
}

/// Which of the descriptors can be read, written, or have something exceptional: one answer for each, in order. Waits
/// for so many microseconds at most (`None`: for ever).
pub fn select(
    read: &[Fd],
    write: &[Fd],
    exceptional: &[Fd],
    timeout_us: Option<i64>,
) -> Result<[Vec<bool>; 3]> {
    let lists = [read, write, exceptional];
    let mut sets = [fd_set(read)?, fd_set(write)?, fd_set(exceptional)?];
    let highest = lists.iter().flat_map(|list| list.iter()).copied().max().unwrap_or(-1);
    let mut timeout = timeout_us
        .map(|us| libc::timeval { tv_sec: us.div_euclid(1_000_000), tv_usec: us.rem_euclid(1_000_000) });
    let timeout = timeout.as_mut().map_or(core::ptr::null_mut(), core::ptr::from_mut);
    let [reads, writes, exceptions] = &mut sets;
    // SAFETY: the sets are whole; the timeout is null or whole.
    let _: c_int = blocking(|| unsafe {
        libc::select(highest + 1, &raw mut *reads, &raw mut *writes, &raw mut *exceptions, timeout).checked()
    })?;
    let answer = |index: usize| {
        // SAFETY: every descriptor was checked to lie within the set.
        lists[index].iter().map(|fd| unsafe { libc::FD_ISSET(*fd, &raw const sets[index]) }).collect()
    };
    Ok([answer(0), answer(1), answer(2)])
}

/// A descriptor to watch and what to watch for; `revents` is the answer.
#[repr(transparent)]
#[derive(Clone, Copy)]
pub struct Watched(libc::pollfd);

impl Watched {
    pub fn new(fd: Fd, events: i16) -> Self {
        Self(libc::pollfd { fd, events, revents: 0 })
    }

    pub fn fd(&self) -> Fd {
        self.0.fd
    }

    pub fn happened(&self) -> i16 {
        self.0.revents
    }
}

/// Waits for so many milliseconds at most (below zero: for ever); gives how many descriptors have something.
pub fn poll(watched: &mut [Watched], timeout_ms: c_int) -> Result<usize> {
    // SAFETY: the array is as long as said; `Watched` is a `pollfd`.
    let count: c_int = blocking(|| unsafe {
        libc::poll(watched.as_mut_ptr().cast(), watched.len() as libc::nfds_t, timeout_ms).checked()
    })?;
    Ok(count as usize)
}

/// Waits until one descriptor has what is asked for, or until the monotonic clock shows `deadline`; `false` where the
/// time ran out.
pub fn wait_for(fd: Fd, events: i16, deadline: Option<i64>) -> Result<bool> {
    let timeout = match deadline {
        None => -1,
        Some(deadline) => {
            let left = deadline.saturating_sub(crate::clocks::monotonic()).max(0);
            c_int::try_from(left.div_euclid(1_000_000) + i64::from(left % 1_000_000 != 0))
                .unwrap_or(c_int::MAX)
        }
    };
    poll(&mut [Watched::new(fd, events)], timeout).map(|count| count > 0)
}

plain_calls! {
    pub fn epoll_create(flags: c_int) -> Fd = libc::epoll_create1(flags | libc::EPOLL_CLOEXEC);
}

/// Adds, changes or removes (`EPOLL_CTL_…`) a descriptor of an `epoll`.
pub fn epoll_control(epoll: Fd, operation: c_int, fd: Fd, events: u32) -> Result<()> {
    let mut event = libc::epoll_event { events, u64: fd as u64 };
    // SAFETY: the event outlives the call.
    blocking(|| unsafe { libc::epoll_ctl(epoll, operation, fd, &raw mut event) }.checked())
}

/// What happened, as pairs of descriptor and events: at most `most`, after so many milliseconds at most.
pub fn epoll_wait(epoll: Fd, most: usize, timeout_ms: c_int) -> Result<Vec<(Fd, u32)>> {
    let mut events = vec![libc::epoll_event { events: 0, u64: 0 }; most];
    let (pointer, room) = (events.as_mut_ptr(), most as c_int);
    // SAFETY: the array is as long as said.
    let count: c_int = blocking(|| unsafe { libc::epoll_wait(epoll, pointer, room, timeout_ms) }.checked())?;
    Ok(events[..count as usize].iter().map(|event| (event.u64 as Fd, event.events)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_ways_to_see_that_a_pipe_can_be_read() {
        let (reader, writer) = crate::files::pipe(0).unwrap();
        let epoll = epoll_create(0).unwrap();
        epoll_control(epoll, libc::EPOLL_CTL_ADD, reader, libc::EPOLLIN as u32).unwrap();
        assert_eq!(epoll_wait(epoll, 4, 0), Ok(vec![]));
        assert_eq!(select(&[reader], &[writer], &[], Some(0)).unwrap(), [vec![false], vec![true], vec![]]);
        assert_eq!(wait_for(reader, libc::POLLIN, Some(0)), Ok(false));
        crate::files::write_all(writer, b"x").unwrap();
        assert_eq!(epoll_wait(epoll, 4, -1), Ok(vec![(reader, libc::EPOLLIN as u32)]));
        assert_eq!(select(&[reader], &[], &[], None).unwrap()[0], [true]);
        let mut watched = [Watched::new(writer, 0), Watched::new(reader, libc::POLLIN)];
        assert_eq!(poll(&mut watched, -1), Ok(1));
        assert_eq!((watched[1].fd(), watched[1].happened()), (reader, libc::POLLIN));
        assert_eq!(select(&[5000], &[], &[], None), Err(Errno(libc::EINVAL)));
        for fd in [reader, writer, epoll] {
            crate::files::close(fd).unwrap();
        }
    }
}
