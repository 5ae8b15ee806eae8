#!/usr/bin/env node
'use strict'
require('./launch.js').launch('kafka-e2e-latency.sh')
