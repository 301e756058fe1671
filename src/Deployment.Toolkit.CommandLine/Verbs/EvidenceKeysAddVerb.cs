using System.CommandLine;
using Deployment.Toolkit.CommandLine.Output;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Platform;

namespace Deployment.Toolkit.CommandLine.Verbs;

internal sealed class EvidenceKeysAddVerb : Verb
{
    private const int LongestKey = 4096;

    private readonly Argument<string> _name;
    private readonly Option<string> _of;
    private readonly Option<string> _publicKey;

    internal EvidenceKeysAddVerb()
    {
        _name = Add(new Argument<string>("NAME") { Description = "What the key is called here." });
        _of = Add(
            new Option<string>("--of")
            {
                HelpName = "ENVIRONMENT",
                Description = "The environment that it speaks for, and no other.",
                Required = true,
            }
        );
        _publicKey = Add(
            new Option<string>("--public-key")
            {
                HelpName = "KEY",
                Description = "What 'deploy secrets key' shows there (p256:…), a public key in PEM, or a file that holds one.",
                Required = true,
            }
        );
        TakesAs();
    }

    internal override string Path => "evidence keys add";

    internal override string Description => "From here on bundles that a key signed count in the environment, for one other.";

    internal override IReadOnlyList<string> Examples =>
        ["deploy evidence keys add staging-ci --of Staging --public-key p256:BO… --environment Production"];

    internal override EnvironmentUse Use => EnvironmentUse.Change;

    internal override async Task<VerbReport> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var key = context.Parse.GetRequiredValue(_publicKey);
        try
        {
            if (File.Exists(key))
                key = System.Text.Encoding.UTF8.GetString(RegularFile.Read(System.IO.Path.GetFullPath(key), LongestKey));
        }
        catch (Exception e) when (DiskFault.Is(e))
        {
            return VerbReport.Refused(
                Codes.EvidenceKeyInvalid,
                $"File '{key}' can't be read as a key: {Sentence.Of(e)} Nothing was recorded. Name one with a public key in PEM."
            );
        }

        return VerbReport.Of(
            await context
                .Evidence.AddKeyAsync(context.Parse.GetRequiredValue(_name), context.Parse.GetRequiredValue(_of), key, cancellationToken)
                .ConfigureAwait(false)
        );
    }
}
