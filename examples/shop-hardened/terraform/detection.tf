resource "aws_guardduty_detector" "this" {
  enable                       = true
  finding_publishing_frequency = "FIFTEEN_MINUTES"
}

resource "aws_guardduty_detector_feature" "audit" {
  detector_id = aws_guardduty_detector.this.id
  name        = "EKS_AUDIT_LOGS"
  status      = "ENABLED"
}

resource "aws_guardduty_detector_feature" "runtime" {
  detector_id = aws_guardduty_detector.this.id
  name        = "RUNTIME_MONITORING"
  status      = "ENABLED"

  additional_configuration {
    name   = "EKS_ADDON_MANAGEMENT"
    status = "ENABLED"
  }
}

resource "aws_securityhub_account" "this" {
  enable_default_standards = false
}

resource "aws_securityhub_standards_subscription" "foundational" {
  standards_arn = "arn:aws:securityhub:${var.region}::standards/aws-foundational-security-best-practices/v/1.0.0"
  depends_on    = [aws_securityhub_account.this]
}

# 通知は SNS から当番 (PagerDuty) と Slack へ
resource "aws_sns_topic" "runtime_alerts" {
  name              = "shop-prod-runtime-alerts"
  kms_master_key_id = aws_kms_key.this["alerts"].arn
}

resource "aws_sns_topic_subscription" "on_call" {
  topic_arn = aws_sns_topic.runtime_alerts.arn
  protocol  = "https"
  endpoint  = "https://events.pagerduty.example.com/integration/shop-prod/enqueue"
}

data "aws_iam_policy_document" "alerts" {
  statement {
    actions   = ["sns:Publish"]
    resources = [aws_sns_topic.runtime_alerts.arn]

    principals {
      type        = "Service"
      identifiers = ["events.amazonaws.com", "cloudwatch.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [var.account]
    }
  }
}

resource "aws_sns_topic_policy" "alerts" {
  arn    = aws_sns_topic.runtime_alerts.arn
  policy = data.aws_iam_policy_document.alerts.json
}

resource "aws_chatbot_slack_channel_configuration" "alerts" {
  configuration_name = "shop-prod-alerts"
  iam_role_arn       = "arn:aws:iam::${var.account}:role/chatbot-read-only"
  slack_team_id      = "T0EXAMPLE"
  slack_channel_id   = "C0EXAMPLE"
  sns_topic_arns     = [aws_sns_topic.runtime_alerts.arn]
}

resource "aws_cloudwatch_event_rule" "findings" {
  name        = "shop-prod-findings"
  description = "GuardDuty と Security Hub の重大な検知"
  event_pattern = jsonencode({
    source        = ["aws.guardduty", "aws.securityhub"]
    "detail-type" = ["GuardDuty Finding", "Security Hub Findings - Imported"]
  })
}

resource "aws_cloudwatch_event_target" "findings" {
  rule = aws_cloudwatch_event_rule.findings.name
  arn  = aws_sns_topic.runtime_alerts.arn
}

locals {
  # 証跡のログから作る指標
  trail_alarms = {
    unauthorized   = "{ ($.errorCode = \"*UnauthorizedOperation\") || ($.errorCode = \"AccessDenied*\") }"
    root           = "{ $.userIdentity.type = \"Root\" && $.eventType != \"AwsServiceEvent\" }"
    access-entries = "{ ($.eventSource = \"eks.amazonaws.com\") && ($.eventName = \"*AccessEntry\" || $.eventName = \"AssociateAccessPolicy\") }"
    secret-reads   = "{ ($.eventSource = \"secretsmanager.amazonaws.com\") && ($.eventName = \"GetSecretValue\") && ($.errorCode = \"*\") }"
    trail-off      = "{ ($.eventName = \"StopLogging\") || ($.eventName = \"DeleteTrail\") || ($.eventName = \"DeleteDetector\") }"
  }
}

resource "aws_cloudwatch_log_metric_filter" "trail" {
  for_each = local.trail_alarms

  name           = each.key
  log_group_name = aws_cloudwatch_log_group.trail.name
  pattern        = each.value

  metric_transformation {
    name      = each.key
    namespace = "shop/trail"
    value     = "1"
  }
}

resource "aws_cloudwatch_metric_alarm" "trail" {
  for_each = local.trail_alarms

  alarm_name          = "shop-prod-${each.key}"
  namespace           = "shop/trail"
  metric_name         = each.key
  statistic           = "Sum"
  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = 1
  period              = 300
  evaluation_periods  = 1
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.runtime_alerts.arn]
}

resource "aws_cloudwatch_metric_alarm" "waf_blocked" {
  alarm_name          = "shop-prod-waf-blocked"
  namespace           = "AWS/WAFV2"
  metric_name         = "BlockedRequests"
  statistic           = "Sum"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 500
  period              = 300
  evaluation_periods  = 1
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.runtime_alerts.arn]

  dimensions = {
    WebACL = aws_wafv2_web_acl.shop.name
    Region = var.region
    Rule   = "ALL"
  }
}
