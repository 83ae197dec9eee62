#!/usr/bin/env bash
# Takes a snapshot of an AWS account for `sekisho check`: a folder with the answers of read-only calls, as the AWS CLI
# prints them. Printed by `sekisho aws snapshot-script`; `sekisho aws snapshot-policy` prints the rights it needs.
#
#   bash snapshot.sh [--regions ap-northeast-1,us-east-1] [--out DIR]
#
# It needs bash 3.2 or newer and the AWS CLI v2. It writes nothing to AWS and asks for no secret value. A call that AWS
# refuses is saved as refused, and what it would have told stays unknown.
#
# Exit codes: 0 the snapshot is whole (refused calls are counted on standard error), 1 it could not be finished, 2 usage.
set -u
umask 077
export AWS_PAGER='' AWS_CLI_AUTO_PROMPT=off
export AWS_RETRY_MODE="${AWS_RETRY_MODE:-standard}" AWS_MAX_ATTEMPTS="${AWS_MAX_ATTEMPTS:-8}"

say() { printf '%s\n' "$*" >&2; }
stop() {
    code=$1
    shift
    say "error: $*"
    exit "$code"
}
usage() { say "usage: bash snapshot.sh [--regions REGION,REGION] [--out DIR]"; }

regions='@REGIONS@'
out=aws-snapshot
while [ $# -gt 0 ]; do
    case $1 in
        --regions | --out)
            [ $# -ge 2 ] || { usage; stop 2 "$1 needs a value"; }
            if [ "$1" = --out ]; then out=$2; else regions=$2; fi
            shift 2
            ;;
        --regions=*) regions=${1#*=}; shift ;;
        --out=*) out=${1#*=}; shift ;;
        -h | --help) usage; exit 0 ;;
        *) usage; stop 2 "$1: no such argument" ;;
    esac
done

command -v aws >/dev/null 2>&1 || stop 2 "the AWS CLI (\`aws\`) is not installed"
case $(aws --version 2>&1 </dev/null) in
    aws-cli/1.*) stop 2 "this is version 1 of the AWS CLI; version 2 is needed" ;;
esac
[ -n "$regions" ] || regions=${AWS_REGION:-${AWS_DEFAULT_REGION:-$(aws configure get region 2>/dev/null </dev/null)}}
[ -n "$regions" ] || stop 2 "no region is set; say --regions"
case $regions in
    *[!a-z0-9,-]*) stop 2 "--regions $regions: regions are separated by commas" ;;
esac
regions=$(printf '%s' "$regions" | tr ',' '\n' | sed '/^$/d' | LC_ALL=C sort -u)
[ -n "$out" ] || stop 2 "--out is empty"
if [ -e "$out" ] && [ -n "$(ls -A "$out" 2>&1)" ]; then
    stop 2 "$out is not empty; old and new answers would mix"
fi
case $out in /*) ;; *) out=./$out ;; esac

identity=$(aws sts get-caller-identity --query '[Account,Arn]' --output text </dev/null) ||
    stop 1 "AWS does not say who is asking; sign in first"
account=$(printf '%s' "$identity" | cut -f 1)
partition=$(printf '%s' "$identity" | cut -f 2 | cut -d : -f 2)
case $account in
    '' | *[!0-9]*) stop 1 "\`aws sts get-caller-identity\` names no account" ;;
esac
case $partition in
    aws-cn) home=cn-north-1 ;;
    aws-us-gov) home=us-gov-west-1 ;;
    *) home=us-east-1 ;;
esac

mkdir -p "$out" || stop 1 "$out cannot be made"
part=$(mktemp -d "$out/.part.XXXXXX") || stop 1 "$out cannot be written"
trap 'rm -rf "$part"' EXIT
trap 'say "interrupted: $out is not whole"; exit 130' INT
trap 'say "interrupted: $out is not whole"; exit 143' TERM HUP

taken=$(date -u '+%Y-%m-%dT%H:%M:%SZ')
# Until the last call has been made, the manifest says that answers are missing.
manifest() {
    list=$(printf '%s\n' "$regions" | sed 's/.*/"&"/' | tr '\n' ',')
    printf '{"version": "@VERSION@", "account": "%s", "partition": "%s", "regions": [%s], "taken": "%s", "complete": %s}\n' \
        "$account" "$partition" "${list%,}" "$taken" "$1" >"$part/manifest" &&
        mv -f "$part/manifest" "$out/sekisho-snapshot.json" || stop 1 "$out cannot be written"
}

# encode NAME: sets `encoded` to NAME as the name of a file.
encode() {
    local LC_ALL=C
    rest=$1 encoded=
    while [ -n "$rest" ]; do
        letter=${rest%"${rest#?}"}
        rest=${rest#?}
        case $letter in
            [A-Za-z0-9_-]) ;;
            .) if [ -z "$encoded" ] || [ "$rest" = error ]; then letter=%2E; fi ;;
            *)
                code=$(printf '%d' "'$letter")
                letter=$(printf '%%%02X' $((code & 255)))
                ;;
        esac
        encoded=$encoded$letter
    done
}

saved=0 refused=0 failed=0
# call FILE ARGUMENT...: makes one call of `aws`. 0: the answer is in FILE. 1: not, and `code` says why.
call() {
    to=$1
    shift
    pause=1
    while :; do
        if aws "$@" --region "$region" --cli-connect-timeout 10 --cli-read-timeout 60 \
            >"$to" 2>"$part/error" </dev/null; then
            return 0
        fi
        code=$(sed -n 's/.*An error occurred (\([A-Za-z0-9._:-]*\)).*/\1/p' "$part/error" | head -n 1)
        if [ -z "$code" ]; then
            code=NoAnswer
            grep -q 'Could not connect to the endpoint' "$part/error" && code=EndpointConnectionError
        fi
        case $code in
            ExpiredToken | ExpiredTokenException)
                stop 1 "the credentials have expired: $out is not whole; sign in and take it again" ;;
            Throttl* | TooManyRequests* | RequestLimitExceeded | *ThrottlingException | SlowDown | PriorRequestNotComplete)
                [ $pause -le 4 ] || return 1
                sleep $pause
                pause=$((pause * 2))
                ;;
            *) return 1 ;;
        esac
    done
}

# ask PATH SERVICE OPERATION ARGUMENT...: saves the answer of a call. PATH is empty, or `/` and the encoded names.
ask() {
    path=$1
    shift
    file="$out/$place/$1/$2$path"
    name=${file##*/}
    if [ ${#name} -gt 240 ]; then
        # A file system takes 255 bytes; what is not saved stays unknown.
        failed=$((failed + 1))
        say "  $1 $2: a name is too long for a file"
        return
    fi
    mkdir -p "${file%/*}" || stop 1 "$out cannot be written"
    if call "$part/answer" "$@" --output json; then
        # Some calls print nothing where there is nothing.
        [ -s "$part/answer" ] || printf '{}\n' >"$part/answer"
        mv -f "$part/answer" "$file.json" || stop 1 "$out cannot be written"
        saved=$((saved + 1))
        return
    fi
    printf '{"error": "%s"}\n' "$code" >"$part/answer"
    mv -f "$part/answer" "$file.error.json" || stop 1 "$out cannot be written"
    case $code in
        *AccessDenied* | *Unauthorized* | *AuthorizationError* | *NotAuthorized* | Forbidden*)
            refused=$((refused + 1))
            say "  $1 $2$path: $code"
            ;;
        *NoSuch* | *NotFound*) saved=$((saved + 1)) ;;
        *)
            failed=$((failed + 1))
            say "  $1 $2$path: $code"
            ;;
    esac
}

# names NUMBER PLACE PATH QUERY SERVICE OPERATION ARGUMENT...: sets `list` to a file with one name a line.
names() {
    number=$1 from=$2 path=$3 query=$4
    shift 4
    list="$part/names/$from/$number$path.list"
    [ -e "$list" ] && return
    mkdir -p "${list%/*}" || stop 1 "$out cannot be written"
    : >"$list"
    # What could not be listed has no names; its refusal is saved already.
    [ -e "$out/$from/$1/$2$path.json" ] || return
    before=$region
    [ "$from" = global ] && region=$home
    if call "$part/names.text" "$@" --query "($query) || \`[]\`" --output text; then
        # The CLI would open a value that looks like the name of a local file.
        tr '\t' '\n' <"$part/names.text" | sed -e '/^$/d' -e '/^fileb\{0,1\}:\/\//d' | LC_ALL=C sort -u >"$list"
    else
        failed=$((failed + 1))
        say "  $1 $2$path: $code"
    fi
    region=$before
}

@CALLS@
manifest false
place=global region=$home
say "account $account, what has no region"
calls_of_account
for region in $regions; do
    place=$region
    say "account $account, $region"
    calls_of_region
done
manifest true
say "$out: $saved answers, $refused calls refused, $failed without an answer"
if [ $((refused + failed)) -gt 0 ]; then
    say "what they would have told stays unknown; \`sekisho aws snapshot-policy\` prints the rights"
fi
exit 0
