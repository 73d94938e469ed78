#!/bin/sh
# What the pipeline needs on the server: a role, two buckets, a build project and the sources. `production` has no bucket, on purpose.
set -eu
cd "$(dirname "$0")"
aws iam create-role --role-name v2-pipeline --assume-role-policy-document '{
  "Version": "2012-10-17",
  "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole",
                 "Principal": {"Service": ["codebuild.amazonaws.com", "codepipeline.amazonaws.com"]}}]}'
aws s3 mb s3://v2-pipeline-source
aws s3 mb s3://v2-pipeline-staging
aws s3api put-bucket-versioning --bucket v2-pipeline-source --versioning-configuration Status=Enabled
aws codebuild create-project --name v2-pipeline --service-role arn:aws:iam::000000000000:role/v2-pipeline \
  --source type=CODEPIPELINE --artifacts type=CODEPIPELINE \
  --environment type=LINUX_CONTAINER,image=aws/codebuild/standard:7.0,computeType=BUILD_GENERAL1_SMALL
zip=$(mktemp -d)/sources.zip
python3 -m zipfile -c "$zip" buildspec.yml page.html
aws s3 cp "$zip" s3://v2-pipeline-source/sources.zip
