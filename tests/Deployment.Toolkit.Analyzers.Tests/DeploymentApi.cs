using Deployment.Toolkit.Analyzers.Testing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Deployment.Toolkit.Analyzers.Tests;

/// <summary>The part of the front door that the rules look at, as a reference of its own.</summary>
internal static class DeploymentApi
{
    private const string Source =
        """
        using System;

        namespace Deployment.Toolkit;

        public sealed class DeploymentBuilder;

        public static class DeploymentBuilderExtensions
        {
            public static DeploymentBuilder AddEnvironments(
                this DeploymentBuilder builder, Action<EnvironmentsBuilder> configure) => builder;
        }

        public sealed class EnvironmentsBuilder
        {
            public EnvironmentsBuilder Add(string name, Action<EnvironmentBuilder>? configure = null) => this;
        }

        public sealed class EnvironmentBuilder
        {
            public EnvironmentBuilder PromotedFrom(string environment) => this;

            public EnvironmentBuilder InheritsFrom(string environment) => this;

            public EnvironmentBuilder Protected() => this;

            public EnvironmentBuilder Tier(string tier) => this;
        }

        public sealed class Secret(string value)
        {
            public string Reveal() => value;
        }
        """;

    private static readonly Lazy<MetadataReference> s_reference = new(() => CSharpCompilation.Create(
        "Deployment.Toolkit",
        [CSharpSyntaxTree.ParseText(Source)],
        ReferenceAssemblies.Net,
        new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable))
        .ToMetadataReference());

    public static MetadataReference Reference => s_reference.Value;
}
