//! Native modules about digests.
