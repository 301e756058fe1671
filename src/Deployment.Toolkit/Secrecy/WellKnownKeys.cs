using System;

namespace Deployment.Toolkit.Secrecy;

/// <summary>Keys that their makers publish: of emulators, and of accounts for tests. Everybody has them.</summary>
internal static class WellKnownKeys
{
    private static readonly string[] Published =
    [
        // Azure's storage emulator, the Cosmos DB emulator, the Service Bus and Event Hubs emulators.
        "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==",
        "C2y6yDjf5/R+ob0N8A7Cgv30VRDJIWEHLM+4QDU5DE2nQ9nDuVTqobD4b8mGGyPMbIZnqyMsEcaGQy67XIw/Jw==",
        "SAS_KEY_VALUE",
        // reCAPTCHA's pair for automated tests.
        "6LeIxAcTAAAAAJcZVRqyHh71UMIEGNQ_MXjiZKhI",
        "6LeIxAcTAAAAAGG-vFI1TnRWxMZNFuojJ4WifJWe",
    ];

    /// <summary>Whether a key is one of them, all of it: beside one in a text another may stand.</summary>
    internal static bool Has(string key) => Array.IndexOf(Published, key.Trim()) >= 0;
}
