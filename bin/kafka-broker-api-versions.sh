#!/usr/bin/env node
'use strict'
require('./launch.js').launch('kafka-broker-api-versions.sh')
