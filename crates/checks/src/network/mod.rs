//! What NetworkPolicies let through, and whether they bind.

#[cfg_attr(
    not(test),
    expect(dead_code, reason = "checks of public ways in and of policies read it")
)]
pub(crate) mod addresses;
