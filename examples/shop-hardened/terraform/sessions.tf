# ノードへの接続は Session Manager だけ。やりとりはすべて記録される

resource "aws_cloudwatch_log_group" "sessions" {
  name              = "/aws/ssm/sessions"
  retention_in_days = 400
  kms_key_id        = aws_kms_key.this["logs"].arn
}

resource "aws_ssm_document" "sessions" {
  name            = "SSM-SessionManagerRunShell"
  document_type   = "Session"
  document_format = "JSON"

  content = jsonencode({
    schemaVersion = "1.0"
    description   = "Session Manager の設定"
    sessionType   = "Standard_Stream"
    inputs = {
      cloudWatchLogGroupName      = aws_cloudwatch_log_group.sessions.name
      cloudWatchEncryptionEnabled = true
      cloudWatchStreamingEnabled  = true
      kmsKeyId                    = aws_kms_key.this["logs"].arn
      idleSessionTimeout          = "15"
      maxSessionDuration          = "60"
      runAsEnabled                = false
    }
  })
}
