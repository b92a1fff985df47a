//! Native modules about text: regular expressions, csv, json, codecs.
