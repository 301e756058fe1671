using System.CommandLine;
using Deployment.Toolkit.CommandLine.Output;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Secrets;
using Deployment.Toolkit.Secrets.Sealing;

namespace Deployment.Toolkit.CommandLine.Verbs;

internal sealed class SecretsRecipientsAddVerb : SecretsVerb
{
    private readonly Argument<string> _name;
    private readonly Option<string> _publicKey;
    private readonly Option<string> _newKeyFile;
    private readonly Option<bool> _passphrase;

    internal SecretsRecipientsAddVerb()
    {
        _name = TakesName("What the recipient is called.");
        TakesTrustRoot();
        _publicKey = Add(
            new Option<string>("--public-key") { HelpName = "KEY", Description = "What 'deploy secrets key' shows them: p256:…" }
        );
        _newKeyFile = Add(
            new Option<string>("--new-key-file")
            {
                HelpName = "FILE",
                Description = "Makes a key of 256 bits for a machine and writes it there, readable for you alone.",
            }
        );
        _passphrase = Add(
            new Option<bool>("--passphrase")
            {
                Description = "Takes a passphrase, from standard input or typed unseen.",
                Arity = ArgumentArity.Zero,
            }
        );
    }

    internal override string Path => "secrets recipients add";

    internal override string Description =>
        "Lets somebody else open the sealed file, by public key, passphrase, or a new key for a machine.";

    internal override IReadOnlyList<string> Examples =>
        [
            "deploy secrets recipients add bob --environment Production --public-key p256:BO…",
            "deploy secrets recipients add ci --environment Production --new-key-file ci.key",
            "deploy secrets recipients add ops --environment Production --passphrase",
        ];

    internal override async Task<VerbReport> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var name = context.Parse.GetRequiredValue(_name);
        var (publicKey, file, isPassphrase) = (
            context.Parse.GetValue(_publicKey),
            context.Parse.GetValue(_newKeyFile),
            IsGiven(context.Parse, _passphrase)
        );
        if ((publicKey is null ? 0 : 1) + (file is null ? 0 : 1) + (isPassphrase ? 1 : 0) != 1)
            return VerbReport.Refused(
                Codes.CommandLineInvalid,
                "'deploy secrets recipients add NAME' wants one of --public-key, --new-key-file and --passphrase."
            );

        var secrets = Secrets(context);
        secrets.EnsureMayChange();
        if (publicKey is not null)
        {
            await secrets.AddRecipientAsync(name, publicKey, cancellationToken).ConfigureAwait(false);
            return Done(context, $"Added: '{name}' can open the secrets of {context.HostEnvironment}.");
        }

        using var key = isPassphrase
            ? SealedKey.FromPassphrase(
                await SecretInput.ReadAsync(context.Terminal, "Passphrase", isRepeated: true, cancellationToken).ConfigureAwait(false)
            )
            : SealedKey.GenerateRaw();
        // The file first: a recipient whose key nobody has would be of no use.
        if (file is not null)
            await KeyFile.WriteAsync(file, key.Export(), isPublished: false, cancellationToken).ConfigureAwait(false);
        await secrets.AddRecipientAsync(name, key, cancellationToken).ConfigureAwait(false);
        return Done(context, $"Added: '{name}' can open the secrets of {context.HostEnvironment}.") with
        {
            Sections = file is null ? [] : [new FilesSection([System.IO.Path.GetFullPath(file)])],
        };
    }
}
