//! Native modules about data: struct, array, pickle, datetime, zlib.
