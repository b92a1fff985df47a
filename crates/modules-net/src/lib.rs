//! Native modules about networks: socket.
