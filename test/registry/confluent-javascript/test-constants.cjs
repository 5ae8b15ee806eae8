exports.clientConfig = { baseURLs: [process.env.REGISTRY_URL], cacheCapacity: 512, cacheLatestTtlSecs: 60 }
