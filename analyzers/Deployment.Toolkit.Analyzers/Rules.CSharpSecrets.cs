using Microsoft.CodeAnalysis;

namespace Deployment.Toolkit.Analyzers;

internal static partial class Rules
{
    public const string Secrets = "Deployment.Secrets";

    public static readonly DiagnosticDescriptor SecretInSource = new(
        "DTK3002",
        "A secret is written in the source",
        "{0} a secret, and everyone who has the source or the binary can read it. Read it from configuration.",
        Secrets,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "A secret in the source stays in its history, is the same in every environment, and cannot be changed without a "
            + "release.",
        helpLinkUri: HelpLink("DTK3002")
    );

    public static readonly DiagnosticDescriptor SecretDisclosed = new(
        "DTK3004",
        "A secret is logged or thrown",
        "'{0}' is {1}. Leave it out, or say only whether it is set.",
        Secrets,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "Logs and exceptions go to more places and people than the secret may, and are kept longer than it lives.",
        helpLinkUri: HelpLink("DTK3004")
    );

    public static readonly DiagnosticDescriptor RootNotPinned = new(
        "DTK3007",
        "Nothing pins the root of a sealed file",
        "Nothing in the code says that the sealed file of {0} is the app's, so another one in its place is believed. Look at it with "
            + "'deploy secrets verify' and pin it: AddSealedSecrets(s => s{1}).",
        Secrets,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        description: "Whoever has the recipients' public keys can make a whole new sealed file and read what is sealed into it next. A "
            + "fingerprint in the code is seen by whoever reviews it.",
        helpLinkUri: HelpLink("DTK3007")
    );
}
