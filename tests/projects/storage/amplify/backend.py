from aws_cdk import Duration
from aws_cdk import aws_s3 as s3

from preamp import define_backend

from .auth.resource import auth
from .functions.thumbs.resource import thumbs
from .storage.resource import archive, media, scratch

backend = define_backend(auth=auth, media=media, archive=archive, scratch=scratch, thumbs=thumbs)

bucket = backend[scratch].resources.cfn_resources.cfn_bucket
bucket.accelerate_configuration = s3.CfnBucket.AccelerateConfigurationProperty(
    acceleration_status="Enabled"
)
bucket.lifecycle_configuration = s3.CfnBucket.LifecycleConfigurationProperty(
    rules=[
        s3.CfnBucket.RuleProperty(
            id="clean", status="Enabled", expiration_in_days=Duration.days(1).to_days()
        )
    ]
)
