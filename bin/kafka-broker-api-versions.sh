#!/usr/bin/env node
'use strict'
import('./launch.mjs').then(({ launch }) => launch('kafka-broker-api-versions.sh'))
