#!/usr/bin/env node
'use strict'
require('./launch.js').launch('kafka-json-schema-console-consumer.sh')
