from preamp import define_function

layered = define_function(
    runtime=20,
    layers={
        "@aws-lambda-powertools/logger": (
            "arn:aws:lambda:us-east-1:094274105915:layer:AWSLambdaPowertoolsTypeScriptV2:11"
        ),
        "sharp": "SharpLayer:3",
    },
)
