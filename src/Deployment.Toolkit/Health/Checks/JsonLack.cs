namespace Deployment.Toolkit.Health.Checks;

/// <summary>What an answer lacks, in words that go on after its address.</summary>
/// <param name="Text">The words.</param>
/// <param name="IsDegraded">Whether it serves all the same.</param>
internal sealed record JsonLack(string Text, bool IsDegraded);
