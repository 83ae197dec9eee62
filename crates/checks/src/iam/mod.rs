//! Who may become whom in AWS, and what they may do then.
