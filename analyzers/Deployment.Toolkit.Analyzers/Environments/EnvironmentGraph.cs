using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace Deployment.Toolkit.Analyzers;

/// <summary>What one call of <c>AddEnvironments</c> declares, as far as its code tells.</summary>
/// <param name="Environments">The declarations in source order.</param>
/// <param name="NamesAreKnown">Whether no environment can be declared beside these.</param>
/// <param name="LinksAreKnown">Whether no environment can be promoted or inherit otherwise than these say.</param>
internal sealed record EnvironmentGraph(ImmutableArray<DeclaredEnvironment> Environments, bool NamesAreKnown, bool LinksAreKnown);

/// <param name="Name">The declared spelling.</param>
/// <param name="Location">Where the name is given.</param>
/// <param name="IsConditional">Whether it stands in a branch, loop or the like, so that it need not be declared beside all others.</param>
/// <param name="Links">The environments that it names, in source order.</param>
internal sealed record DeclaredEnvironment(string Name, Location Location, bool IsConditional, ImmutableArray<EnvironmentLink> Links);

/// <param name="Method"><c>PromotedFrom</c> or <c>InheritsFrom</c>.</param>
/// <param name="Target">The environment that it names.</param>
/// <param name="Location">Where the name is given.</param>
/// <param name="IsConditional">Whether it stands in a branch, loop or the like.</param>
internal sealed record EnvironmentLink(string Method, string Target, Location Location, bool IsConditional);
