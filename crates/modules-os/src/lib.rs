//! Native modules about the operating system: posix, time, signal, select, subprocess.
