//! Ways in from outside that Terraform opens: load balancers, gateways, distributions.
