# 既定値より、こちらが優先される
private_api = false
api_ranges  = ["0.0.0.0/1", "128.0.0.0/1"]
