'use strict';

// of `@aws-sdk/credential-providers`: who has credentials here has those of the function, or of a role that it assumes

const { post } = require('./sdk.js');

const given = async (value) => (typeof value === 'function' ? value() : value);

const environment = () => async () => ({
  accessKeyId: process.env.AWS_ACCESS_KEY_ID,
  secretAccessKey: process.env.AWS_SECRET_ACCESS_KEY,
  sessionToken: process.env.AWS_SESSION_TOKEN,
});

function fromTemporaryCredentials({ params, masterCredentials, clientConfig = {} }) {
  return async () => {
    const { accessKeyId: caller } = await given(masterCredentials ?? environment());
    const region = (await given(clientConfig.region)) ?? process.env.AWS_REGION;
    const input = { RoleSessionName: `aws-sdk-js-${Date.now()}`, ...params };
    const call = { service: 'sts', operation: 'AssumeRole', region, input };
    const { output, error } = await post(caller, 'sts', region, JSON.stringify(call));
    if (error) {
      throw Object.assign(new Error(error.message), { name: error.name, $metadata: { httpStatusCode: error.status } });
    }
    const { AccessKeyId, SecretAccessKey, SessionToken } = output.Credentials;
    return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
  };
}

module.exports = { fromTemporaryCredentials, fromEnv: environment, fromNodeProviderChain: environment };
