//! What the mesh encrypts, whom it believes, and whom it lets in.
