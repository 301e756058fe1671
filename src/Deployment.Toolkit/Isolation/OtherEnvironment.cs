using Deployment.Toolkit.Journal;

namespace Deployment.Toolkit.Isolation;

/// <summary>What is known of another environment, under a key that is here.</summary>
/// <param name="Name">The environment.</param>
/// <param name="Key">What its facts are fingerprinted under.</param>
/// <param name="Facts">What it has.</param>
internal sealed record OtherEnvironment(string Name, FactKey Key, IReadOnlyList<ObservedFact> Facts);
