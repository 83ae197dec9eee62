//! Repositories of images, and secrets as Terraform keeps them.
