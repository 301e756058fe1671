using System.Diagnostics.CodeAnalysis;
using Deployment.Toolkit.Options.Binding;
using Deployment.Toolkit.Platform;
using Deployment.Toolkit.Settings.Effective;
using Microsoft.Extensions.Configuration;

namespace Deployment.Toolkit.Options;

/// <summary>What the validation of one options object is given.</summary>
[RequiresUnreferencedCode("Looks at the members of options types.")]
internal sealed class OptionsValidation(
    EffectiveConfiguration configuration,
    BindingFaults faults,
    IServiceProvider services,
    DeploymentEnvironment environment,
    ConfigurationPhase phase,
    Func<string, bool> isExempt
)
{
    // Validators of other people run on whatever could be bound; deeper names than this are not looked for in their sentences.
    private const int DeepestNamed = 4;

    internal IServiceProvider Services { get; } = services;

    internal DeploymentEnvironment Environment { get; } = environment;

    internal ConfigurationPhase Phase { get; } = phase;

    internal void Report(string key, string text, MessageSeverity severity)
    {
        if (!isExempt(key))
            faults.Rule(key, configuration.Root.Find(key), text, severity);
    }

    /// <summary>Runs a validator. One that throws is a fault, unless what it was given isn't whole anyway.</summary>
    internal void Run(Action validate, string section)
    {
        try
        {
            validate();
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            if (!faults.HasGaps)
                faults.Failed(section, "a validator", e);
        }
    }

    /// <summary>An <c>IValidateOptions</c> says only a sentence; the member that it names, if it names one, is the key.</summary>
    internal static string KeyNamedIn(string sentence, Type type, string section)
    {
        var best = section;
        Look(type, section, DeepestNamed);
        return best;

        void Look(Type at, string path, int levels)
        {
            if (
                levels == 0
                || ScalarReader.IsScalar(at)
                || CollectionShape.Of(at) is not null
                || (levels < DeepestNamed && FrameworkTypes.Contains(at))
            )
                return;

            foreach (var member in OptionsShape.Of(at).Members)
            {
                var key = path.Length == 0 ? member.Key : ConfigurationPath.Combine(path, member.Key);
                if (key.Length > best.Length && (Names(sentence, key) || Names(sentence, member.Name)))
                    best = key;
                Look(member.Type, key, levels - 1);
            }
        }
    }

    private static bool Names(string sentence, string word)
    {
        for (
            var at = sentence.IndexOf(word, StringComparison.Ordinal);
            at >= 0;
            at = sentence.IndexOf(word, at + 1, StringComparison.Ordinal)
        )
        {
            var end = at + word.Length;
            if ((at == 0 || !char.IsLetterOrDigit(sentence[at - 1])) && (end == sentence.Length || !char.IsLetterOrDigit(sentence[end])))
                return true;
        }

        return false;
    }
}
