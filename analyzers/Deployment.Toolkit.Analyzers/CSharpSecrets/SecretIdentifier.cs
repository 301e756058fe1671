using System;
using System.Linq;

namespace Deployment.Toolkit.Analyzers;

/// <summary>Tells by its name that a variable surely has a secret's value at run time.</summary>
internal static class SecretIdentifier
{
    // Object stores find blobs by such keys, and tables of accounts their rows.
    private static readonly string[] s_found =
    [
        "storagekey",
        "accountkey",
        "sharedkey",
        "functionkey",
        "clientkey",
        "tokenkey",
        "issuerkey",
    ];

    public static bool Discloses(string name) =>
        name.EndsWith("ConnectionString", StringComparison.OrdinalIgnoreCase)
        || (SecretNames.Of(name) == SecretName.Certain && !s_found.Any(found => name.EndsWith(found, StringComparison.OrdinalIgnoreCase)));
}
