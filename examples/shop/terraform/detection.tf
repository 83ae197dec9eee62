resource "aws_guardduty_detector" "shop" {
  enable = true
}

# 有効にしたあと、費用を見て止めた
resource "aws_guardduty_detector_feature" "runtime" {
  detector_id = aws_guardduty_detector.shop.id
  name        = "RUNTIME_MONITORING"
  status      = "DISABLED"
}

resource "aws_cloudtrail" "shop" {
  name                          = "shop"
  s3_bucket_name                = "shop-prod-logs"
  include_global_service_events = false
}

resource "aws_sns_topic" "alerts" {
  name = "shop-alerts"
}

# 宛先のない SNS トピックに送っている
resource "aws_cloudwatch_metric_alarm" "errors" {
  alarm_name          = "shop-5xx"
  namespace           = "AWS/ApplicationELB"
  metric_name         = "HTTPCode_Target_5XX_Count"
  statistic           = "Sum"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 100
  period              = 300
  evaluation_periods  = 1
  alarm_actions       = [aws_sns_topic.alerts.arn]
}
