export const handler = async () => process.env.AMPLIFY_DATA_GRAPHQL_ENDPOINT;
