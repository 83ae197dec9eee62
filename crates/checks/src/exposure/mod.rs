//! Ways in from outside: Ingresses, load balancers, gateways.
