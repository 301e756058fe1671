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
        using System.Threading;
        using System.Threading.Tasks;

        namespace Deployment.Toolkit;

        public sealed class DeploymentBuilder;

        public sealed class SealedSecretsOptions
        {
            public bool AllowFallback { get; set; }

            public SealedSecretsOptions Root(string fingerprint) => this;
        }

        public static class DeploymentBuilderExtensions
        {
            public static DeploymentBuilder UsePostgreSql(this DeploymentBuilder builder, System.Data.Common.DbDataSource dataSource) => builder;

            public static DeploymentBuilder UseSqlite(this DeploymentBuilder builder, System.Data.Common.DbDataSource dataSource) => builder;

            public static DeploymentBuilder AddMigrations(this DeploymentBuilder builder) => builder;

            public static DeploymentBuilder AddEnvironments(
                this DeploymentBuilder builder, Action<EnvironmentsBuilder> configure) => builder;

            public static DeploymentBuilder AddSealedSecrets(
                this DeploymentBuilder builder, Action<SealedSecretsOptions>? configure = null) => builder;
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

        public abstract class DeploymentStep
        {
            public abstract string Name { get; }

            public virtual bool IsIdempotent => false;

            public virtual ValueTask<StepDescription> DescribeAsync(StepContext context, CancellationToken cancellationToken) => default;

            public abstract Task ExecuteAsync(StepContext context, CancellationToken cancellationToken);

            public virtual Task<ProbeOutcome> ProbeAsync(StepContext context, CancellationToken cancellationToken) => Task.FromResult(ProbeOutcome.Unknown);

            public virtual Task RevertAsync(StepContext context, CancellationToken cancellationToken) => Task.CompletedTask;
        }

        public sealed class StepContext;

        public enum ProbeOutcome { Unknown, Done, NotDone }

        public sealed record StepDescription(string Effect)
        {
            public string? WayBack { get; init; }

            public bool ChangesNothing { get; init; }

            public string? Irreversible { get; init; }
        }

        [AttributeUsage(AttributeTargets.Class, Inherited = false)]
        public sealed class IrreversibleAttribute(string reason) : Attribute
        {
            public string Reason => reason;
        }
        """;

    private const string Migrations =
        """
        using System;
        using System.Threading;
        using System.Threading.Tasks;

        namespace Deployment.Toolkit.Migrations;

        public abstract class Migration
        {
            public abstract Task UpAsync(MigrationContext context, CancellationToken cancellationToken);

            public virtual Task DownAsync(MigrationContext context, CancellationToken cancellationToken) => throw new NotSupportedException();
        }

        public sealed class MigrationAttribute(string version, string name) : Attribute
        {
            public string Version => version;

            public string Name => name;
        }

        public readonly struct MigrationContext
        {
            public Task<int> ExecuteAsync(string sql, CancellationToken cancellationToken) => Task.FromResult(0);
        }
        """;

    private static readonly Lazy<MetadataReference> s_reference = new(() => CSharpCompilation.Create(
        "Deployment.Toolkit",
        [CSharpSyntaxTree.ParseText(Source), CSharpSyntaxTree.ParseText(Migrations)],
        SdkReferences.Net,
        new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable))
        .ToMetadataReference());

    public static MetadataReference Reference => s_reference.Value;
}
