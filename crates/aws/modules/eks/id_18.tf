# Until 19 the identifier of a cluster was its name.
output "cluster_id" { value = try(aws_eks_cluster.this[0].id, "") }
