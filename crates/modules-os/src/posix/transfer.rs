//! Moving bytes between descriptors, and reading and writing many buffers at once.

use std::io::{IoSlice, IoSliceMut};
use taipan_host::files;
use taipan_objects::prelude::*;
use taipan_objects::protocols::buffer::Buffer;
use taipan_objects::system::fd::FileNumber;
use taipan_objects::system::retry_or_raise;

fn buffers(objects: &PyObject, function: &str, flags: i32) -> PyResult<Vec<Buffer>> {
    if !sequence::is_sequence(objects) {
        return Err(raised!(TypeError, "{function} must be a sequence"));
    }
    iter::collect(objects)?.iter().map(|object| Buffer::get(object, flags)).collect()
}

#[pymodule(fragment)]
pub mod transfer {
    use super::*;

    /// Read from a file descriptor fd into an iterable of buffers.
    ///
    /// The buffers should be mutable buffers accepting bytes.
    /// readv will transfer data into each buffer until it is full
    /// and then move on to the next buffer in the sequence to hold
    /// the rest of the data.
    ///
    /// readv returns the total number of bytes read,
    /// which may be less than the total capacity of all the buffers.
    #[pyfunction(signature = "(fd, buffers, /)")]
    pub fn readv(fd: FileNumber, buffers: &PyObject) -> PyResult<usize> {
        let mut held = super::buffers(buffers, "readv() arg 2", taipan_abi::PyBUF_WRITABLE)?;
        let mut slices: Vec<IoSliceMut<'_>> =
            held.iter_mut().map(|buffer| IoSliceMut::new(buffer.as_bytes_mut())).collect();
        retry_or_raise(|| files::readv(fd.0, &mut slices))
    }

    /// Iterate over buffers, and write the contents of each to a file descriptor.
    ///
    /// Returns the total number of bytes written.
    /// buffers must be a sequence of bytes-like objects.
    #[pyfunction(signature = "(fd, buffers, /)")]
    pub fn writev(fd: FileNumber, buffers: &PyObject) -> PyResult<usize> {
        let held = super::buffers(buffers, "writev() arg 2", taipan_abi::PyBUF_SIMPLE)?;
        let slices: Vec<IoSlice<'_>> = held.iter().map(|buffer| IoSlice::new(buffer.as_bytes())).collect();
        retry_or_raise(|| files::writev(fd.0, &slices))
    }

    /// Reads from a file descriptor into a number of mutable bytes-like objects.
    ///
    /// Combines the functionality of readv() and pread(). As readv(), it will
    /// transfer data into each buffer until it is full and then move on to the next
    /// buffer in the sequence to hold the rest of the data. Its fourth argument,
    /// specifies the file offset at which the input operation is to be performed. It
    /// will return the total number of bytes read (which can be less than the total
    /// capacity of all the objects).
    ///
    /// The flags argument contains a bitwise OR of zero or more of the following flags:
    ///
    /// - RWF_HIPRI
    /// - RWF_NOWAIT
    ///
    /// Using non-zero flags requires Linux 4.6 or newer.
    #[pyfunction(signature = "(fd, buffers, offset, flags=0, /)")]
    pub fn preadv(fd: FileNumber, buffers: &PyObject, offset: i64, flags: i32) -> PyResult<usize> {
        let mut held = super::buffers(buffers, "preadv2() arg 2", taipan_abi::PyBUF_WRITABLE)?;
        let mut slices: Vec<IoSliceMut<'_>> =
            held.iter_mut().map(|buffer| IoSliceMut::new(buffer.as_bytes_mut())).collect();
        retry_or_raise(|| files::preadv(fd.0, &mut slices, offset, flags))
    }

    /// Writes the contents of bytes-like objects to a file descriptor at a given offset.
    ///
    /// Combines the functionality of writev() and pwrite(). All buffers must be a sequence
    /// of bytes-like objects. Buffers are processed in array order. Entire contents of first
    /// buffer is written before proceeding to second, and so on. The operating system may
    /// set a limit (sysconf() value SC_IOV_MAX) on the number of buffers that can be used.
    /// This function writes the contents of each object to the file descriptor and returns
    /// the total number of bytes written.
    ///
    /// The flags argument contains a bitwise OR of zero or more of the following flags:
    ///
    /// - RWF_DSYNC
    /// - RWF_SYNC
    /// - RWF_APPEND
    ///
    /// Using non-zero flags requires Linux 4.7 or newer.
    #[pyfunction(signature = "(fd, buffers, offset, flags=0, /)")]
    pub fn pwritev(fd: FileNumber, buffers: &PyObject, offset: i64, flags: i32) -> PyResult<usize> {
        let held = super::buffers(buffers, "pwritev() arg 2", taipan_abi::PyBUF_SIMPLE)?;
        let slices: Vec<IoSlice<'_>> = held.iter().map(|buffer| IoSlice::new(buffer.as_bytes())).collect();
        retry_or_raise(|| files::pwritev(fd.0, &slices, offset, flags))
    }

    /// Copy count bytes from file descriptor in_fd to file descriptor out_fd.
    #[pyfunction(signature = "(out_fd, in_fd, offset, count)")]
    pub fn sendfile(
        out_fd: FileNumber,
        in_fd: FileNumber,
        offset: Option<i64>,
        count: isize,
    ) -> PyResult<usize> {
        let mut at = offset;
        retry_or_raise(|| files::sendfile(out_fd.0, in_fd.0, at.as_mut(), count.max(0) as usize))
    }

    /// Copy count bytes from one file descriptor to another.
    ///
    ///   src
    ///     Source file descriptor.
    ///   dst
    ///     Destination file descriptor.
    ///   count
    ///     Number of bytes to copy.
    ///   offset_src
    ///     Starting offset in src.
    ///   offset_dst
    ///     Starting offset in dst.
    ///
    /// If offset_src is None, then src is read from the current position;
    /// respectively for offset_dst.
    #[pyfunction(signature = "(src, dst, count, offset_src=None, offset_dst=None)")]
    pub fn copy_file_range(
        src: FileNumber,
        dst: FileNumber,
        count: isize,
        offset_src: Option<i64>,
        offset_dst: Option<i64>,
    ) -> PyResult<usize> {
        let count = checked(count)?;
        let (mut from, mut to) = (offset_src, offset_dst);
        retry_or_raise(|| files::copy_file_range(src.0, from.as_mut(), dst.0, to.as_mut(), count))
    }

    /// Transfer count bytes from one pipe to a descriptor or vice versa.
    ///
    ///   src
    ///     Source file descriptor.
    ///   dst
    ///     Destination file descriptor.
    ///   count
    ///     Number of bytes to copy.
    ///   offset_src
    ///     Starting offset in src.
    ///   offset_dst
    ///     Starting offset in dst.
    ///   flags
    ///     Flags to modify the semantics of the call.
    ///
    /// If offset_src is None, then src is read from the current position;
    /// respectively for offset_dst. The offset associated to the file
    /// descriptor that refers to a pipe must be None.
    #[pyfunction(signature = "(src, dst, count, offset_src=None, offset_dst=None, flags=0)")]
    pub fn splice(
        src: FileNumber,
        dst: FileNumber,
        count: isize,
        offset_src: Option<i64>,
        offset_dst: Option<i64>,
        flags: u32,
    ) -> PyResult<usize> {
        let count = checked(count)?;
        let (mut from, mut to) = (offset_src, offset_dst);
        retry_or_raise(|| files::splice(src.0, from.as_mut(), dst.0, to.as_mut(), count, flags))
    }
}

fn checked(count: isize) -> PyResult<usize> {
    usize::try_from(count).map_err(|_| raised!(ValueError, "negative value for 'count' not allowed"))
}
