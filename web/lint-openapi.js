// Lints the API's OpenAPI document on standard input by Redocly's recommended rules; warnings count too.
import { text } from 'node:stream/consumers'

import { createConfig, lintFromString } from '@redocly/openapi-core'

const config = await createConfig({ extends: ['recommended'] })
const problems = await lintFromString({ source: await text(process.stdin), absoluteRef: 'openapi.json', config })
for (const { ruleId, message, location } of problems) console.error(`${ruleId}: ${message} (${location[0].pointer})`)
if (problems.length > 0) process.exitCode = 1
